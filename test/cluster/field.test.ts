import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listAt, textAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { plan, type ReleaseEvent, status, uninstall } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { course, writesOf } from '../release/harness';
import { FIELD, onField } from './on-field';

/** Situations from the field, each for a class of fault. */
describe.skipIf(!hasCluster)('situations from the field', () => {
  const field = onField();
  const { given, written, release, gone, live, outcomes } = field;

  it('keeps cluster-scoped objects of kinds that no table has', async () => {
    const first = await release('cluster-scoped-pruned/a.yaml', 'r13c');
    const [uid] = [(await live('runtimeclass', 'rc-a'))?.metadata.uid];
    const again = [await release('cluster-scoped-pruned/a.yaml', 'r13c'), await release('cluster-scoped-pruned/a.yaml', 'r13c')];
    expect([first.message, outcomes(first, ...again)]).toEqual(['', ['succeeded', 'unchanged', 'unchanged']]);
    expect((await live('runtimeclass', 'rc-a'))?.metadata.uid).toBe(uid);
    expect(outcomes(await gone('r13c'))).toEqual(['succeeded']);
    expect([await live('runtimeclass', 'rc-a'), await live('validatingwebhookconfiguration', 'hook-a')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('tells releases of one name apart by their namespaces', async () => {
    const named = (file: string) => `same-release-name/${file}.yaml`;
    const courses = [await release(named('a'), 'r18a'), await release(named('b'), 'r18b')];
    expect([outcomes(...courses), courses.map(({ message }) => message)]).toEqual([
      ['succeeded', 'succeeded'],
      ['', ''],
    ]);
    expect([await live('clusterrolebinding', 'r18a-view'), await live('clusterrolebinding', 'r18b-view')]).not.toContain(
      undefined,
    );
    const thief = await release(named('c'), 'r18b');
    expect([outcomes(thief), thief.message]).toEqual([['refused'], expect.stringContaining('the release w of r18a')]);
    await release(named('home-sh'), 'r18sh');
    const other = await release(named('home-oth'), 'r18oth');
    expect([other.message, outcomes(other)]).toEqual(['', ['succeeded']]);
    const again = await release(named('home-sh'), 'r18sh');
    expect(outcomes(again, await gone('r18sh'), await gone('r18a'))).toEqual(['unchanged', 'succeeded', 'succeeded']);
    expect([await live('configmap', 'b1', 'r18sh'), await live('clusterrolebinding', 'r18b-view')]).not.toContain(undefined);
    expect(outcomes(await gone('r18oth'), await gone('r18b'))).toEqual(['succeeded', 'succeeded']);
    expect([await live('configmap', 'b1', 'r18sh'), await live('clusterrolebinding', 'r18b-view')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('does not delete a definition whose objects are still wanted', async () => {
    await release('crd-leaves/v1.yaml', 'r12');
    const second = await release('crd-leaves/v2.yaml', 'r12', { pruneData: true });
    expect([outcomes(second), second.message]).toEqual([['refused'], expect.stringContaining('DATA_IN_USE')]);
    expect([await live('crd', 'widgets.test.example.com'), await live('widget', 'w1', 'r12')]).not.toContain(undefined);
    const end = await gone('r12');
    expect([outcomes(end), JSON.stringify(end.events)]).toEqual([['succeeded'], expect.stringContaining('OBJECT_KEPT')]);
    expect([await live('widget', 'w1', 'r12'), await live('crd', 'widgets.test.example.com')]).toEqual([
      undefined,
      expect.anything(),
    ]);
  });

  it('lists what goes with a definition and with a namespace, before it asks for consent and after', async () => {
    const widget = (name: string, namespace: string) => ({
      ...{ apiVersion: 'along.example.com/v1', kind: 'Gadget', metadata: { name, namespace } },
      spec: {},
    });
    const definition = {
      ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      metadata: { name: 'gadgets.along.example.com' },
      spec: {
        ...{ group: 'along.example.com', scope: 'Namespaced', names: { kind: 'Gadget', plural: 'gadgets' } },
        versions: [
          {
            ...{ name: 'v1', served: true, storage: true },
            schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } },
          },
        ],
      },
    };
    const inner = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'along-inner' } };
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: {} };
    const first = await release(written(definition, inner, config), 'along');
    expect([first.message, outcomes(first)]).toEqual(['', ['succeeded']]);
    await field.cluster.kubectl('create', 'configmap', 'theirs', '-n', 'along-inner');
    await field.cluster.kubectl('apply', '-f', written(widget('a', 'default'), widget('b', 'along-inner')));
    const refused = await release(written(config), 'along');
    const byName = new Map(refused.result.problems.map(({ subject, got }) => [subject, got]));
    expect([outcomes(refused), Object.fromEntries(byName)]).toEqual([
      ['refused'],
      {
        'CustomResourceDefinition/gadgets.along.example.com': ['Gadget/a in default', 'Gadget/b in along-inner'],
        'Namespace/along-inner': ['ConfigMap/theirs'],
      },
    ]);
    const options = { release: 'w', namespace: 'along', pruneData: true };
    const { plan: planned } = await plan(field.cluster.engine, written(config), options);
    expect(planned.objects.flatMap(({ takesAlong = [] }) => takesAlong)).toHaveLength(3);
    const end = await gone('along', { pruneData: true });
    const told = end.events.flatMap((event) => (event.type === 'warning' ? [event.problem] : []));
    expect([outcomes(end), told.map(({ code, subject }) => `${code} ${subject}`).sort()]).toEqual([
      ['succeeded'],
      ['OTHERS_DELETED CustomResourceDefinition/gadgets.along.example.com', 'OTHERS_DELETED Namespace/along-inner'],
    ]);
  });

  it('tells what others have made the objects of a release the owner of, and loses no claims and nothing of its own with them', async () => {
    const config = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: {} });
    const [owner, other] = [config('owner'), config('other')];
    const namespace = 'owners';
    expect(outcomes(await release(written(owner, other), namespace))).toEqual(['succeeded']);
    const uid = (await live('configmap', 'owner', namespace))?.metadata.uid;
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid };
    const owned = (object: KubeObject, references: readonly object[] = [reference]): KubeObject => ({
      ...object,
      metadata: { ...object.metadata, namespace, ownerReferences: references },
    });
    const theirs = owned(config('theirs'));
    const claim: KubeObject = {
      ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    await field.cluster.kubectl('apply', '-f', written(theirs));
    const theirUid = (await live('configmap', 'theirs', namespace))?.metadata.uid;
    const grandchild = owned(config('grandchild'), [{ ...reference, name: 'theirs', uid: theirUid }]);
    const shared = owned(config('shared'), [reference, { ...reference, name: 'other', uid: await uidOf('other') }]);
    await field.cluster.kubectl('apply', '-f', written(grandchild, shared, owned(claim)));
    async function uidOf(name: string) {
      return (await live('configmap', name, namespace))?.metadata.uid;
    }

    // The claim is data: not without consent, neither with the next version nor with the whole release.
    const refused = await release(written(other), namespace);
    expect([outcomes(refused), refused.result.problems.map(({ code, subject, got }) => [code, subject, got])]).toEqual([
      ['refused'],
      [['DATA_NEEDS_CONSENT', 'ConfigMap/owner', ['PersistentVolumeClaim/data']]],
    ]);
    const planned = refused.events.flatMap((event) => (event.type === 'planned' ? event.plan.objects : []));
    expect(planned.flatMap(({ takesAlong = [] }) => takesAlong)).toEqual([
      'ConfigMap/grandchild',
      'ConfigMap/theirs',
      'PersistentVolumeClaim/data',
    ]);
    // What the manifests still have does not go with an owner that they do not have.
    await field.cluster.kubectl('label', 'configmap', 'theirs', '-n', namespace, 'cdk8s-serving/release=w');
    const inUse = await release(written(other, config('theirs')), namespace, { pruneData: true, adopt: true });
    expect([outcomes(inUse), inUse.result.problems.map(({ code, got }) => [code, got])]).toEqual([
      ['refused'],
      [['DATA_IN_USE', ['ConfigMap/theirs']]],
    ]);

    const end = await gone(namespace);
    const told = end.events.flatMap((event) => (event.type === 'warning' ? [event.problem] : []));
    expect([outcomes(end), told.map(({ code, subject }) => [code, subject])]).toEqual([
      ['succeeded'],
      [['OBJECT_KEPT', 'ConfigMap/owner']],
    ]);
    expect(await live('pvc', 'data', namespace)).toBeDefined();
    expect(await live('configmap', 'theirs', namespace)).toBeDefined();
  });

  it('creates nothing over what another client created in the meantime, and undoes nothing of it', async () => {
    await release('created-in-between/v1', 'r5x');
    const theirs = join(FIELD, 'created-in-between/theirs.yaml');
    const interfere = (event: ReleaseEvent) => {
      if (event.type === 'gate-started')
        void field.cluster.kubectl('apply', '--server-side', '--field-manager=other', '-f', theirs).catch(() => undefined);
    };
    const second = await release('created-in-between/v2', 'r5x', {}, interfere);
    expect([outcomes(second), second.message]).toEqual([
      ['rolled-back'],
      expect.stringContaining('another client has created it'),
    ]);
    const there = await live('configmap', 'cm-b', 'r5x');
    expect([there?.data, listAt(there, 'metadata', 'managedFields').map((entry) => textAt(entry, 'manager'))]).toEqual([
      { x: 'theirs' },
      ['other'],
    ]);
  });

  it('installs, updates and uninstalls with a Namespace of its own', async () => {
    const first = await release('own-namespace/v1.yaml', 'np', { createNamespace: false });
    const again = await release('own-namespace/v1.yaml', 'np', { createNamespace: false });
    expect([first.message, outcomes(first, again)]).toEqual(['', ['succeeded', 'unchanged']]);
    // The namespace that was made for it is no sign of an earlier release.
    expect([first.result.revision?.revision, first.result.revision?.action]).toEqual([1, 'install']);
    expect(first.events.filter(({ type }) => type === 'warning')).toEqual([]);
    const second = await release('own-namespace/v2.yaml', 'np', { pruneData: true });
    expect([outcomes(second), second.message]).toEqual([['refused'], expect.stringContaining('DATA_IN_USE')]);
    expect(outcomes(await gone('np', { pruneData: true }))).toEqual(['succeeded']);
    await expect.poll(() => live('namespace', 'np')).toBe(undefined);
    const refused = await release('own-namespace/v1.yaml', 'np', { createNamespace: false, force: [], ...{ release: 'w' } });
    expect(outcomes(refused)).toEqual(['succeeded']);
  });

  it('makes no namespace for a release that is refused', async () => {
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { n: 1 } };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'refused-ns' } };
    expect(outcomes(await release(written(namespace, config), 'refused-ns', { createNamespace: false }))).toEqual(['refused']);
    expect(outcomes(await release(written(config), 'refused-too'))).toEqual(['refused']);
    const terminating = async (name: string) => (await live('namespace', name))?.metadata.deletionTimestamp ?? 'gone';
    expect([await terminating('refused-ns'), await terminating('refused-too')]).not.toContain(undefined);
  });

  it('makes the other namespaces of a release too, or says which are missing', async () => {
    const without = await release('other-namespace-missing/a.yaml', 'demo5', { createNamespace: false });
    expect([outcomes(without), without.message]).toEqual([
      ['refused'],
      expect.stringMatching(/Namespace\/demo5.*\n.*Namespace\/elsewhere/),
    ]);
    const first = await release('other-namespace-missing/a.yaml', 'demo5');
    expect([first.message, outcomes(first)]).toEqual(['', ['succeeded']]);
    expect(await live('configmap', 'a', 'elsewhere')).toBeDefined();
  });

  it('refuses a directory without objects', async () => {
    const courses = [await release('subfolder-only/out', 'sub'), await release(mkdtempSync(join(tmpdir(), 'empty-')), 'sub')];
    expect(outcomes(...courses)).toEqual(['refused', 'refused']);
    expect(courses.map(({ message }) => message)).toEqual([
      expect.stringContaining('--recursive: fraud-model'),
      expect.stringContaining('MANIFESTS_MISSING'),
    ]);
    expect(outcomes(await release('subfolder-only/out', 'sub', { recursive: true }))).toEqual(['succeeded']);
  });

  it('lets go of what is annotated to be kept, and names it', async () => {
    await release('keep/a.yaml', 'keep');
    const end = await gone('keep');
    expect([outcomes(end), JSON.stringify(end.events)]).toEqual([
      ['succeeded'],
      expect.stringContaining('helm.sh/resource-policy'),
    ]);
    const kept = await live('configmap', 'keepme', 'keep');
    expect([kept?.data, kept?.metadata.labels, await live('configmap', 'other', 'keep')]).toEqual([
      { k: 'v' },
      undefined,
      undefined,
    ]);
    expect(JSON.stringify(kept?.metadata.managedFields ?? [])).not.toContain('cdk8s-serving');
    const other = await release('keep/a.yaml', 'keep');
    expect([outcomes(other), other.message]).toEqual([['refused'], expect.stringContaining('OWNED_ELSEWHERE')]);
  });

  it('leaves the namespace default, and ends', async () => {
    const options = { release: 'rel-d', adopt: true } as const;
    const first = await release('default-namespace/v1', 'default', options);
    expect([first.message, outcomes(first)]).toEqual(['', ['succeeded']]);
    const second = await release('default-namespace/v2', 'default', options);
    expect(outcomes(second)).toEqual(['refused']);
    const end = await course(uninstall(field.cluster.engine, { release: 'rel-d', namespace: 'default' }));
    expect([outcomes(end), await live('configmap', 'c-d', 'default')]).toEqual([['succeeded'], undefined]);
    expect(await live('namespace', 'default')).toBeDefined();
  });

  it('ends an uninstall that a policy blocks with a release that still works', async () => {
    const binding = (name: string) => ({
      ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name } },
      spec: { policyName: name, validationActions: ['Deny'] },
    });
    const policy = {
      ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: 'no-delete' } },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['configmaps'] }],
        },
        matchConditions: [{ name: 'x', expression: "request.name == 'guarded'" }],
        validations: [{ expression: 'false', message: 'guarded by policy' }],
      },
    };
    const config = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' } });
    await release(written(config('guarded'), config('free')), 'policy');
    await field.cluster.kubectl('apply', '-f', written(policy, binding('no-delete')));
    await expect
      .poll(() => field.cluster.kubectl('-n', 'policy', 'delete', 'cm', 'guarded', '--dry-run=server').catch(String))
      .toContain('guarded by');
    const end = await gone('policy');
    expect([outcomes(end), end.message]).toEqual([
      ['failed'],
      expect.stringMatching(/ConfigMap\/guarded.*guarded by policy.*DELETE_REFUSED/s),
    ]);
    expect(outcomes(await release(written(config('guarded'), config('free')), 'policy'))).toEqual(['succeeded']);
    await field.cluster.kubectl('delete', 'validatingadmissionpolicybinding', 'no-delete');
    await expect.poll(async () => outcomes(await gone('policy'))).toEqual(['succeeded']);
  });

  it('waits for an object that is being deleted, and makes it anew', async () => {
    await release('terminating/v1.yaml', 'fz');
    await release('terminating/v2.yaml', 'fz');
    const before = await live('configmap', 'fin', 'fz');
    expect(before?.metadata.deletionTimestamp).toBeDefined();
    setTimeout(
      () =>
        void field.cluster.kubectl('-n', 'fz', 'patch', 'cm', 'fin', '--type=merge', '-p', '{"metadata":{"finalizers":null}}'),
      6000,
    );
    const impatient = await release('terminating/v1.yaml', 'fz', { timeoutMs: 1_000 });
    expect([impatient.result.outcome, impatient.result.revision?.restored]).toEqual(['rolled-back', undefined]);
    expect(impatient.result.revision?.seconds).toBeLessThan(30);
    const third = await release('terminating/v1.yaml', 'fz');
    const after = await live('configmap', 'fin', 'fz');
    expect([third.message, outcomes(third)]).toEqual(['', ['succeeded']]);
    expect([after?.metadata.uid === before?.metadata.uid, after?.metadata.deletionTimestamp]).toEqual([false, undefined]);
    await field.cluster.kubectl('-n', 'fz', 'patch', 'cm', 'fin', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
  });

  it('says which field of a Job cannot change, without the template that the API server quotes', async () => {
    const container = (image: string) => ({ name: 'c', image, env: [{ name: 'DB_PASSWORD', value: 'PLANTED1x' }] });
    const job = (image: string) => ({
      ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' } },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [container(image)] } } },
    });
    await release(written(job('example.com/c:v1')), 'jb');
    const second = await release(written(job('example.com/c:v2')), 'jb');
    expect(outcomes(second)).toEqual(['refused']);
    expect(second.message).toMatch(/spec\.template: field is immutable\./);
    expect(second.message).not.toMatch(/PLANTED|Containers/);
  });

  it('deletes objects whose manifests have owner references', async () => {
    await field.cluster.kubectl('create', 'namespace', 'ow');
    await field.cluster.kubectl('-n', 'ow', 'create', 'configmap', 'owner');
    const uid = (await live('configmap', 'owner', 'ow'))?.metadata.uid;
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
    const config = (name: string, more = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more } });
    await release(written(config('child', { ownerReferences }), config('other')), 'ow');
    expect(await live('configmap', 'child', 'ow')).toBeDefined();
    await release(written(config('other')), 'ow');
    expect(await live('configmap', 'child', 'ow')).toBeUndefined();
  });

  it.each([
    ['null-annotations', 'nulls'],
    ['octal-mode/a.yaml', 'octal'],
    ['merge-keys/m', 'merge'],
    ['aggregated-role/a.yaml', 'aggregated'],
  ])('applies %s, and then has nothing to do', async (path, namespace) => {
    const first = await release(path, namespace, { release: namespace });
    expect([first.message, outcomes(first)]).toEqual(['', ['succeeded']]);
    field.cluster.requests();
    expect(outcomes(await release(path, namespace, { release: namespace }))).toEqual(['unchanged']);
    expect(writesOf(field.cluster.requests())).toEqual([]);
    expect(outcomes(await course(uninstall(field.cluster.engine, { release: namespace, namespace })))).toEqual(['succeeded']);
  });

  it('understands the hooks of Argo CD and Helm, or refuses them', async () => {
    const argo = await release('argo-hooks/v1', 'ranking-n', { release: 'ranker' });
    expect([outcomes(argo), argo.message.match(/\w+\/(presync|postdelete|syncfail)/g)]).toEqual([
      ['refused'],
      ['Job/postdelete', 'Job/syncfail'],
    ]);
    const test = await release('helm-test-pod', 'hooks');
    expect([test.message, JSON.stringify(test.events)]).toEqual(['', expect.stringContaining('HOOK_LEFT_OUT')]);
    expect(await live('pod', 'web-test-connection', 'hooks')).toBeUndefined();
  });

  it('writes a custom resource when the webhook that judges it is up', async () => {
    const judged = await release('webhook-order/a.yaml', 'demo', { timeoutMs: 40_000 });
    const seen = judged.events.flatMap((event) =>
      event.type === 'ready' || event.type === 'written' ? [`${event.type} ${event.object}`] : [],
    );
    expect(seen).toContain('ready Deployment/hook');
    // No process answers for simulated pods, so that the object itself is refused in the end.
    expect([outcomes(judged), judged.message]).toEqual([['rolled-back'], expect.stringContaining('calling webhook')]);
    expect(seen).not.toContain('written Thing/t');
  });

  it('plans nothing after an undo for what is deployed', async () => {
    const options = { release: 'ranker', timeoutMs: 15_000, ignoreCapacity: true } as const;
    const first = await release('plan-after-undo/v1', 'ranking-l', options);
    expect([first.message, outcomes(first)]).toEqual(['', ['succeeded']]);
    expect(outcomes(await release('plan-after-undo/v2bad', 'ranking-l', options))).toEqual(['rolled-back']);
    const { plan: planned } = await plan(field.cluster.engine, given('plan-after-undo/v1'), {
      ...options,
      namespace: 'ranking-l',
    });
    expect(planned.objects.filter(({ action }) => action !== 'unchanged').map(({ key, changes }) => [key, changes])).toEqual([]);
  });

  it('puts allocated fields of a Service back, or names them', async () => {
    const options = { release: 'ranker', timeoutMs: 15_000, ignoreCapacity: true, allowReplace: true } as const;
    const first = await release('service-type-undo/v1', 'ranking', options);
    expect([first.message, outcomes(first)]).toEqual(['', ['succeeded']]);
    const before = await live('service', 'ranker', 'ranking');
    const second = await release('service-type-undo/v2bad', 'ranking', options);
    const after = await live('service', 'ranker', 'ranking');
    expect(outcomes(second)).toEqual(['rolled-back']);
    expect(after?.spec).toEqual(before?.spec);
  });

  it.each(['client-side', 'server-side'])(
    'takes over what kubectl applied %s, and what leaves the manifests goes',
    async (how) => {
      const namespace = `og-${how}`;
      const copy = (file: string) => {
        const dir = mkdtempSync(join(tmpdir(), 'field-'));
        const text = readFileSync(join(FIELD, 'adopt-after-kubectl', file), 'utf8');
        writeFileSync(join(dir, 'a.yaml'), text.replace('namespace: og', `namespace: ${namespace}`));
        return dir;
      };
      await field.cluster.kubectl('create', 'namespace', namespace);
      await field.cluster.kubectl('apply', ...(how === 'server-side' ? ['--server-side'] : []), '-f', copy('g1.yaml'));
      expect(outcomes(await release(copy('g1.yaml'), namespace))).toEqual(['refused']);
      const pods = async () => (await field.cluster.kubectl('-n', namespace, 'get', 'rs', '-o', 'name')).trim();
      const before = await pods();
      const first = await release(copy('g1.yaml'), namespace, { adopt: true });
      expect([first.message, outcomes(first), await pods()]).toEqual(['', ['succeeded'], before]);
      expect(outcomes(await release(copy('g2.yaml'), namespace))).toEqual(['succeeded']);
      const deployment = await live('deployment', 'web', namespace);
      expect(JSON.stringify(deployment?.spec)).toMatch(/nginx:2/);
      expect(JSON.stringify(deployment)).not.toMatch(/"value":"b"|last-applied/);
    },
  );

  it.each([
    ['Argo CD', 'argocd-controller', { annotations: { 'argocd.argoproj.io/tracking-id': 'web:/ConfigMap:agent/c' } }],
    ['Argo CD by label', 'argocd-application-controller', { labels: { 'argocd.argoproj.io/instance': 'web' } }],
    ['Flux', 'kustomize-controller', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'web' } }],
  ] as const)('takes over from %s only by adoption: its marks and forgotten fields go', async (title, manager, marks) => {
    const namespace = `agent-${title.toLowerCase().replaceAll(' ', '-')}`;
    await field.cluster.kubectl('create', 'namespace', namespace);
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace }, data: { a: '1', b: '2' } };
    const theirs = written({ ...config, metadata: { ...config.metadata, ...marks } });
    await field.cluster.kubectl('apply', '--server-side', `--field-manager=${manager}`, '-f', theirs);
    const before = await live('configmap', 'c', namespace);
    const ours = written({ ...config, data: { a: '1' } });
    const refused = await release(ours, namespace);
    expect([outcomes(refused), refused.message]).toEqual([['refused'], expect.stringContaining('OWNED_BY_AGENT')]);
    expect(await live('configmap', 'c', namespace)).toEqual(before);
    const { plan: planned } = await plan(field.cluster.engine, ours, { release: 'w', namespace, adopt: true });
    expect(planned.objects[0]?.changes).toContainEqual({ path: 'data.b', from: '2' });
    expect(outcomes(await release(ours, namespace, { adopt: true }))).toEqual(['succeeded']);
    const after = await live('configmap', 'c', namespace);
    const managers = listAt(after, 'metadata', 'managedFields').map((entry) => textAt(entry, 'manager'));
    expect([after?.data, managers, after?.metadata.uid]).toEqual([{ a: '1' }, ['cdk8s-serving'], before?.metadata.uid]);
    expect(JSON.stringify(after?.metadata)).not.toMatch(/argoproj|fluxcd/);
    expect(outcomes(await release(ours, namespace))).toEqual(['unchanged']);
  });

  it('shows what an adoption removes, and gives the object back when it is undone', async () => {
    await field.cluster.kubectl('create', 'namespace', 'back');
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'back' }, data: { a: '1', b: '2' } };
    await field.cluster.kubectl('apply', '-f', written(config));
    const before = await live('configmap', 'c', 'back');
    const gate = {
      ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'late', annotations: { 'cdk8s-serving/gate': 'after' } } },
      spec: {
        template: {
          metadata: { annotations: { 'sim/outcome': 'fail' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'v', image: 'v:1' }] },
        },
      },
    };
    const dir = written({ ...config, data: { a: '1' } }, gate);
    const { plan: planned } = await plan(field.cluster.engine, dir, { release: 'w', namespace: 'back', adopt: true });
    expect(planned.objects[0]?.changes).toContainEqual({ path: 'data.b', from: '2' });
    expect(outcomes(await release(dir, 'back', { adopt: true }))).not.toContain('succeeded');
    const after = await live('configmap', 'c', 'back');
    const managers = (object: KubeObject | undefined) =>
      listAt(object, 'metadata', 'managedFields').map((entry) => [textAt(entry, 'manager'), textAt(entry, 'operation')]);
    expect([after?.data, after?.metadata.labels, managers(after)]).toEqual([
      before?.data,
      before?.metadata.labels,
      managers(before),
    ]);
    expect(outcomes(await release(dir, 'back'))).toEqual(['refused']);
  });

  it('runs a Job with a time to live once for its content', async () => {
    const job = (image: string) => ({
      ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate' } },
      spec: { ttlSecondsAfterFinished: 0, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] } } },
    });
    const first = await release(written(job('x:1')), 'ttl');
    expect([first.message, outcomes(first)]).toEqual(['', ['succeeded']]);
    await expect.poll(() => live('job', 'migrate', 'ttl'), { timeout: 20_000 }).toBeUndefined();
    expect(outcomes(await release(written(job('x:1')), 'ttl'))).toEqual(['unchanged']);
    const { objects, drift } = await status(field.cluster.engine, { release: 'w', namespace: 'ttl' });
    expect([objects, drift]).toEqual([[{ object: 'Job/migrate', status: 'Current', message: 'Completed, removed' }], []]);
    expect(outcomes(await release(written(job('x:2')), 'ttl'))).toEqual(['succeeded']);
  });
});
