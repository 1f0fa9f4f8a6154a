import { expect, it } from 'vitest';
import { planText } from '../../lib/cli/print/plan';
import { driftText } from '../../lib/cli/print/status';
import { ApiError } from '../../lib/client/errors';
import type { KubeObject } from '../../lib/kube/object';
import { asFiles, rehearsal } from '../../lib/rehearsal/rehearsal';
import { apply, plan, status } from '../../lib/release';
import { manifestOf, ownedBy } from '../../lib/release/ownership/fields';
import { stack } from './manifests';

const name = { release: 'fraud', namespace: 'here' };

/** A released stack on the sandbox, with what another client does to it. */
async function released(more: readonly KubeObject[] = []) {
  const here = rehearsal({ read: () => asFiles(stack({ ...name, replicas: 2, more })) });
  const engine = here.engine();
  await here.run(engine.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'here' } }));
  expect((await here.runRelease(apply(engine, ''))).result.problems).toEqual([]);
  const at = (kind: string, apiVersion = 'v1') => ({ apiVersion, kind, namespace: 'here', name: 'fraud' });
  const edit = (kind: string, apiVersion: string, fields: object) =>
    here.run(
      engine.api.apply(
        { apiVersion, kind, metadata: { name: 'fraud', namespace: 'here' }, ...fields },
        { force: true, fieldManager: 'kubectl-edit' },
      ),
    );
  const drift = async () => (await here.run(status(engine, name))).drift;
  return { here, engine, at, edit, drift };
}

it('finds no drift in what controllers, other fields of other clients and an autoscaler do', async () => {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fraud' };
  const scaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'fraud', namespace: 'here' },
    spec: { scaleTargetRef, minReplicas: 3, maxReplicas: 4 },
  };
  const { edit, drift } = await released([scaler]);
  await edit('ConfigMap', 'v1', { data: { OTHER: 'mine' } });
  await edit('Deployment', 'apps/v1', {
    metadata: { name: 'fraud', namespace: 'here', annotations: { 'example.com/note': 'x' } },
  });
  expect(await drift()).toEqual([]);
});

it('names the fields that were edited, by whom, and the objects that are gone or others', async () => {
  const { here, engine, at, edit, drift } = await released();
  await edit('ConfigMap', 'v1', { data: { THRESHOLD: '0.1' } });
  const container = { name: 'server', image: 'registry.test/fraud:hacked' };
  const template = { spec: { containers: [container] } };
  await edit('Deployment', 'apps/v1', { spec: { replicas: 7, template } });
  await here.run(engine.api.remove(at('Service')));
  const account = await here.run(engine.api.get(at('ServiceAccount')));
  await here.run(engine.api.remove(at('ServiceAccount')));
  const { labels = {} } = account?.metadata ?? {};
  await here.run(
    engine.api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'fraud', namespace: 'here', labels } }),
  );
  const found = await drift();
  expect(
    found.map(({ object, kind, fields }) => [object, kind, fields.map(({ path, manager }) => `${path} ${manager}`)]),
  ).toEqual([
    ['ConfigMap/fraud', 'edited', ['data.THRESHOLD kubectl-edit']],
    ['Service/fraud', 'missing', []],
    ['ServiceAccount/fraud', 'replaced', []],
    [
      'Deployment/fraud',
      'edited',
      ['spec.replicas kubectl-edit', 'spec.template.spec.containers[name=server].image kubectl-edit'],
    ],
  ]);
  const later = here.sandbox.clock.now() + 3 * 3_600_000;
  expect(driftText(found, later)).toBe('1 object missing, 1 object replaced, 3 fields edited by kubectl-edit 3h ago');
});

it('is told apart from changes of the manifests in a plan', async () => {
  let replicas = 2;
  const here = rehearsal({ read: () => asFiles(stack({ ...name, replicas })) });
  const engine = here.engine();
  await here.run(engine.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'here' } }));
  await here.runRelease(apply(engine, ''));
  await here.run(
    engine.api.apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fraud', namespace: 'here' }, data: { THRESHOLD: '0.1' } },
      { force: true, fieldManager: 'kubectl-edit' },
    ),
  );
  replicas = 3;
  const { plan: planned } = await here.run(plan(engine, ''));
  const changes = planned.objects.flatMap(({ changes }) => changes);
  expect(changes.map(({ path, edited }) => [path, edited])).toEqual([
    ['data.THRESHOLD', { by: 'kubectl-edit', since: 1 }],
    ['spec.replicas', undefined],
  ]);
  expect(planText(planned)).toContain('edited by kubectl-edit since revision 1; apply puts back what the manifests say');
});

it('finds fields that were removed', async () => {
  const { here, engine, at, drift } = await released();
  await here.run(engine.api.merge(at('ConfigMap'), { data: { THRESHOLD: null } }));
  expect((await drift()).flatMap(({ fields }) => fields)).toEqual([{ path: 'data.THRESHOLD' }]);
});

/** The stack with an image that a client set under this tool's name, so that no managed field tells of it. */
async function impersonated() {
  const place = await released();
  const { here, engine, at } = place;
  const live = await here.run(engine.api.get(at('Deployment', 'apps/v1')));
  if (live === undefined) throw new Error('not there');
  const manifest = JSON.stringify(manifestOf(live, ownedBy(live) ?? {}));
  const edited = JSON.parse(manifest.replace(/"image":"[^"]*"/, '"image":"registry.test/fraud:hacked"')) as KubeObject;
  await here.run(engine.api.apply(edited, { force: true }));
  return place;
}

it('finds an edit that pretends to be a release', async () => {
  const { drift } = await impersonated();
  expect((await drift()).map(({ kind, fields }) => [kind, fields])).toEqual([
    ['edited', [expect.objectContaining({ path: 'spec.template.spec.containers[name=server].image', manager: 'cdk8s-serving' })]],
  ]);
});

it('says which objects it could not compare', async () => {
  const { here, engine } = await impersonated();
  const refuse = () => Promise.reject(new ApiError(403, { message: 'cannot patch deployments' }, 'Deployment/fraud'));
  const api = Object.create(engine.api, { apply: { value: refuse } }) as typeof engine.api;
  const { drift } = await here.run(status({ ...engine, api }, name));
  expect(drift).toMatchObject([
    { object: 'Deployment/fraud', kind: 'unverified', reason: expect.stringContaining('cannot patch') },
  ]);
  expect(driftText(drift, 0)).toBe('1 object not compared');
});

it('finds no drift in a field that was left to its manager', async () => {
  let settings: Record<string, string> = {};
  const here = rehearsal({ read: () => asFiles(stack({ ...name, settings })) });
  const engine = here.engine();
  await here.run(engine.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'here' } }));
  await here.runRelease(apply(engine, ''));
  const theirs = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'fraud', namespace: 'here' },
    data: { EXTRA: 'theirs' },
  };
  await here.run(engine.api.apply(theirs, { fieldManager: 'tuner' }));
  settings = { EXTRA: 'ours', OTHER: 'new' };
  const left = await here.runRelease(apply(engine, '', { ignore: ['.data.EXTRA'] }));
  expect(left.result.outcome).toBe('succeeded');
  expect((await here.run(status(engine, name))).drift).toEqual([]);
  // Nor is it taken for an edit of what this tool had released.
  expect((await here.run(plan(engine, ''))).plan.problems.map(({ code }) => code)).toEqual(['FIELD_CONFLICT']);
});
