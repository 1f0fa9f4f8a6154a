import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonical } from '../../lib/kube/canonical';
import type { KubeObject } from '../../lib/kube/object';
import { asFiles, rehearsal } from '../../lib/rehearsal/rehearsal';
import { apply, type Outcome, uninstall } from '../../lib/release';

/** Names and namespaces that collide as often as they can. */
const release = fc.constantFrom('a', 'b');
const namespace = fc.constantFrom('n', 'm');
const home = fc.tuple(release, namespace);
const place = fc.tuple(fc.constantFrom('ConfigMap', 'ClusterRole'), fc.constantFrom('n', 'm'), fc.constantFrom('x', 'y', 'z'));
const wanted = fc.uniqueArray(place, { minLength: 1, maxLength: 4, selector: (one) => keyOf(one) });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('apply' as const), home, wanted, adopt: fc.boolean(), fails: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('uninstall' as const), home }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('foreign' as const), place }) },
);

type Place = readonly [kind: string, namespace: string, name: string];

const keyOf = ([kind, space, name]: Place): string => (kind === 'ConfigMap' ? `${kind}/${space}/${name}` : `${kind}//${name}`);

function objectAt([kind, space, name]: Place, value: string): KubeObject {
  if (kind === 'ConfigMap') return { apiVersion: 'v1', kind, metadata: { name, namespace: space }, data: { value } };
  const rules = [{ apiGroups: [''], resources: [value], verbs: ['get'] }];
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name }, rules };
}

const gate: KubeObject = {
  ...{
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'late', namespace: 'n', annotations: { 'cdk8s-serving/gate': 'after' } },
  },
  spec: {
    template: {
      metadata: { annotations: { 'sim/outcome': 'fail' } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'v', image: 'v:1' }] },
    },
  },
};

/** What is there, with everything that a client can see of it; `owner` is who is to have it. */
type World = Map<string, string>;

it('leaves each object with its owner, and foreign ones as they were, whatever releases of any names do', async () => {
  const ends = new Map<Outcome, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 9 }), async (steps) => {
      let files: readonly KubeObject[] = [];
      const here = rehearsal({ read: () => asFiles(files) });
      const engine = here.engine('tester');
      for (const name of ['n', 'm'])
        await here.run(engine.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
      const owners = new Map<string, string>();
      const world = (): World =>
        new Map(
          [
            ...['n', 'm'].flatMap((space) => here.sandbox.objects('v1', 'ConfigMap', space)),
            ...here.sandbox.objects('rbac.authorization.k8s.io/v1', 'ClusterRole', ''),
          ]
            .filter(({ metadata }) => /^[xyz]$/.test(metadata.name))
            .map((object) => [keyOf([object.kind, object.metadata.namespace ?? '', object.metadata.name]), canonical(object)]),
        );
      for (const [index, one] of steps.entries()) {
        const before = world();
        const keepsAll = (except: ReadonlySet<string>) => {
          for (const [key, state] of before) if (!except.has(key)) expect([key, world().get(key)]).toEqual([key, state]);
        };
        if (one.type === 'foreign') {
          const key = keyOf(one.place);
          if (before.has(key)) continue;
          await here.run(engine.api.apply(objectAt(one.place, 'theirs'), { fieldManager: 'other' }));
          owners.set(key, 'other');
          continue;
        }
        const [name, space] = one.home;
        const me = `${name} of ${space}`;
        const mine = () => new Set([...owners].filter(([, owner]) => owner === me).map(([key]) => key));
        if (one.type === 'uninstall') {
          const { result } = await here.runRelease(uninstall(engine, { release: name, namespace: space }));
          keepsAll(mine());
          if (result.outcome === 'succeeded')
            for (const key of mine()) expect([owners.delete(key), world().has(key)]).toEqual([true, false]);
          continue;
        }
        files = [...one.wanted.map((at) => objectAt(at, `v${index}`)), ...(one.fails ? [gate] : [])];
        const options = { release: name, namespace: space, adopt: one.adopt };
        const { result } = await here.runRelease(apply(engine, 'dir', options));
        ends.set(result.outcome, (ends.get(result.outcome) ?? 0) + 1);
        const keys = new Set(one.wanted.map(keyOf));
        if (result.outcome === 'succeeded' || result.outcome === 'unchanged') {
          for (const key of keys) if (!one.adopt) expect([key, owners.get(key) ?? me]).toEqual([key, me]);
          keepsAll(new Set([...keys, ...mine()]));
          for (const key of mine()) if (!keys.has(key)) expect([owners.delete(key), world().has(key)]).toEqual([true, false]);
          for (const key of keys) expect([owners.set(key, me).get(key), world().has(key)]).toEqual([me, true]);
        } else {
          // Versions and times aside, everything is as before: values, labels and managers.
          expect(stateOf(world())).toEqual(stateOf(before));
        }
      }
      expect(new Set(world().keys())).toEqual(new Set(owners.keys()));
    }),
    { numRuns: 60, seed: 14 },
  );
  for (const outcome of ['succeeded', 'refused', 'rolled-back'] as const)
    expect([outcome, (ends.get(outcome) ?? 0) > 5]).toEqual([outcome, true]);
});

/** A world without what every write changes. */
function stateOf(world: World): readonly string[] {
  return [...world]
    .map(([key, state]) => `${key} ${state.replaceAll(/"(resourceVersion|time|uid|creationTimestamp)":"[^"]*"/g, '')}`)
    .sort();
}
