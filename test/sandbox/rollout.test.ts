import { expect, test } from 'vitest';
import { objAt, objsAt } from '../../lib/api-schema/json';
import { type Obj, textOrEmpty } from '../../lib/kube/fields';
import { apply, ask, DEPLOYMENTS, deployment, JOBS, job, plain, virtual } from './ask';

const statusOf = async (t: Parameters<typeof ask>[0], path: string): Promise<Obj> =>
  objAt((await ask(t, 'GET', path)).body, 'status');
const condition = (status: Obj, type: string) => objsAt({ status }, 'status', 'conditions').find((entry) => entry.type === type);

test('a Deployment becomes ready, and says which generation it has seen', async () => {
  const { t, clock, sandbox } = virtual();
  const created = await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { replicas: 3 }));
  expect([created.status, created.body.status]).toEqual([201, {}]);
  await clock.advance(1000);
  const status = await statusOf(t, `${DEPLOYMENTS}/web`);
  expect(status).toMatchObject({
    observedGeneration: 1,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
  });
  expect(condition(status, 'Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
  expect(sandbox.objects('v1', 'Pod').map((pod) => pod.metadata.name)).toHaveLength(3);
});

test('a rolling update never goes below what it promises, and ends with the new pods only', async () => {
  const { t, clock, sandbox } = virtual();
  await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { replicas: 4 }));
  await clock.advance(1000);
  await apply(
    t,
    `${DEPLOYMENTS}/web`,
    deployment('web', { replicas: 4, image: 'web:2', annotations: { 'sim/ready-delay': '2s' } }),
  );
  let least = 99;
  let most = 0;
  for (let i = 0; i < 200; i++) {
    await clock.advance(100);
    const status = await statusOf(t, `${DEPLOYMENTS}/web`);
    least = Math.min(least, Number(status.availableReplicas ?? 0));
    most = Math.max(most, Number(status.replicas ?? 0));
  }
  expect([least, most]).toEqual([3, 5]);
  const images = sandbox.objects('v1', 'Pod').map((pod) => textOrEmpty(objsAt(plain(pod), 'spec', 'containers')[0], 'image'));
  expect(images).toEqual(['web:2', 'web:2', 'web:2', 'web:2']);
  expect(objAt((await ask(t, 'GET', `${DEPLOYMENTS}/web`)).body, 'metadata', 'annotations')).toEqual({
    'deployment.kubernetes.io/revision': '2',
  });
});

test('going back to an old template brings its ReplicaSet back with a new revision', async () => {
  const { t, clock, sandbox } = virtual();
  for (const image of ['web:1', 'web:2', 'web:1']) {
    await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { image }));
    await clock.advance(5000);
  }
  const sets = sandbox
    .objects('apps/v1', 'ReplicaSet')
    .map((set) => set.metadata.annotations?.['deployment.kubernetes.io/revision']);
  expect(sets.sort()).toEqual(['2', '3']);
});

test.each([
  ['an image that is not there', { image: 'web:missing' }, 'ImagePullBackOff'],
  ['a crash', { annotations: { 'sim/outcome': 'crash' } }, 'CrashLoopBackOff'],
  ['a missing Secret', { annotations: { 'sim/outcome': 'config-error' } }, 'CreateContainerConfigError'],
])('%s keeps the old pods and ends in ProgressDeadlineExceeded', async (_, change, reason) => {
  const { t, clock, sandbox } = virtual();
  await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { spec: { progressDeadlineSeconds: 60 } }));
  await clock.advance(1000);
  await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { ...change, spec: { progressDeadlineSeconds: 60 } }));
  await clock.advance(1200);
  const waiting = JSON.stringify(sandbox.objects('v1', 'Pod').map((pod) => pod.status));
  expect(waiting).toContain(reason);
  await clock.advance(60_000);
  const status = await statusOf(t, `${DEPLOYMENTS}/web`);
  expect(status.availableReplicas).toBe(2);
  expect(condition(status, 'Progressing')).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
});

test('Recreate stops all old pods before it starts new ones', async () => {
  const { t, clock, sandbox } = virtual();
  const spec = { strategy: { type: 'Recreate' } };
  await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { spec, annotations: { 'sim/stop-delay': '3s' } }));
  await clock.advance(1000);
  await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { spec, image: 'web:2' }));
  await clock.advance(2000);
  expect(sandbox.objects('v1', 'Pod').every((pod) => pod.metadata.deletionTimestamp !== undefined)).toBe(true);
  await clock.advance(5000);
  expect(await statusOf(t, `${DEPLOYMENTS}/web`)).toMatchObject({ updatedReplicas: 2, availableReplicas: 2 });
});

test('a quota that is used up shows as ReplicaFailure', async () => {
  const { t, clock } = virtual();
  await ask(t, 'POST', '/api/v1/namespaces/default/resourcequotas', { metadata: { name: 'few' }, spec: { hard: { pods: '1' } } });
  await apply(t, `${DEPLOYMENTS}/web`, deployment('web'));
  await clock.advance(3000);
  const status = await statusOf(t, `${DEPLOYMENTS}/web`);
  expect(condition(status, 'ReplicaFailure')).toMatchObject({ status: 'True', reason: 'FailedCreate' });
  expect(textOrEmpty(condition(status, 'ReplicaFailure'), 'message')).toContain(
    'exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1',
  );
});

test('pods that no node can take stay unscheduled until one can', async () => {
  const { t, clock, sandbox } = virtual({ nodes: [{ name: 'small', cpu: '1', memory: '1Gi' }] });
  const wish = deployment('web', { replicas: 1 });
  const containers = objsAt(wish, 'spec', 'template', 'spec', 'containers');
  for (const container of containers) container.resources = { requests: { cpu: '4' } };
  await apply(t, `${DEPLOYMENTS}/web`, wish);
  await clock.advance(2000);
  expect(JSON.stringify(sandbox.objects('v1', 'Pod')[0]?.status)).toContain('0/1 nodes are available: 1 Insufficient cpu');
  sandbox.addNode({ name: 'big', cpu: '8', memory: '16Gi' });
  await clock.advance(2000);
  expect(await statusOf(t, `${DEPLOYMENTS}/web`)).toMatchObject({ availableReplicas: 1 });
});

test('required anti-affinity wants a node for each pod', async () => {
  const { t, clock, sandbox } = virtual();
  const wish = deployment('web', { replicas: 4 });
  const term = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' };
  objAt(wish, 'spec', 'template', 'spec').affinity = {
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
  };
  await apply(t, `${DEPLOYMENTS}/web`, wish);
  await clock.advance(2000);
  expect(await statusOf(t, `${DEPLOYMENTS}/web`)).toMatchObject({ availableReplicas: 3, unavailableReplicas: 1 });
  expect(JSON.stringify(sandbox.objects('v1', 'Event'))).toContain("3 node(s) didn't match pod anti-affinity rules");
});

test('a Job completes with its message; one that fails counts its tries', async () => {
  const { t, clock, sandbox } = virtual();
  await apply(t, `${JOBS}/good`, job('good', { 'sim/termination-message': '{"v":1}' }));
  await apply(t, `${JOBS}/bad`, job('bad', { 'sim/outcome': 'fail', 'sim/exit-code': '20' }, { backoffLimit: 1 }));
  await clock.advance(2000);
  const good = await statusOf(t, `${JOBS}/good`);
  expect([good.succeeded, condition(good, 'Complete')?.status]).toEqual([1, 'True']);
  expect(JSON.stringify(sandbox.objects('v1', 'Pod'))).toContain('{\\"v\\":1}');
  await clock.advance(20_000);
  const bad = await statusOf(t, `${JOBS}/bad`);
  expect([bad.failed, condition(bad, 'Failed')?.reason]).toEqual([2, 'BackoffLimitExceeded']);
});

test('a Job minds its deadline, its failure policy and its time to live', async () => {
  const { t, clock } = virtual();
  const rules = [
    { action: 'FailJob', onExitCodes: { operator: 'In', values: [10] } },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
  ];
  await apply(t, `${JOBS}/late`, job('late', { 'sim/outcome': 'hang' }, { activeDeadlineSeconds: 30 }));
  await apply(
    t,
    `${JOBS}/policy`,
    job('policy', { 'sim/outcome': 'fail', 'sim/exit-code': '10' }, { podFailurePolicy: { rules }, backoffLimit: 6 }),
  );
  await apply(t, `${JOBS}/evicted`, job('evicted', { 'sim/outcome': 'evict' }, { podFailurePolicy: { rules }, backoffLimit: 0 }));
  await apply(t, `${JOBS}/gone`, job('gone', {}, { ttlSecondsAfterFinished: 5 }));
  await clock.advance(3000);
  expect(condition(await statusOf(t, `${JOBS}/policy`), 'Failed')).toMatchObject({ reason: 'PodFailurePolicy' });
  expect(condition(await statusOf(t, `${JOBS}/evicted`), 'Failed')).toBeUndefined();
  expect((await ask(t, 'GET', `${JOBS}/gone`)).status).toBe(200);
  await clock.advance(30_000);
  expect(condition(await statusOf(t, `${JOBS}/late`), 'Failed')).toMatchObject({ reason: 'DeadlineExceeded' });
  expect((await ask(t, 'GET', `${JOBS}/gone`)).status).toBe(404);
});

test('deleting a Deployment takes its ReplicaSets and pods along; orphaning does not', async () => {
  const { t, clock, sandbox } = virtual();
  for (const name of ['a', 'b', 'c']) await apply(t, `${DEPLOYMENTS}/${name}`, deployment(name, { replicas: 1 }));
  await clock.advance(1000);
  await ask(t, 'DELETE', `${DEPLOYMENTS}/a?propagationPolicy=Background`);
  await ask(t, 'DELETE', `${DEPLOYMENTS}/b?propagationPolicy=Orphan`);
  const held = await ask(t, 'DELETE', `${DEPLOYMENTS}/c?propagationPolicy=Foreground`);
  expect(objAt(held.body, 'metadata').finalizers).toEqual(['foregroundDeletion']);
  await clock.advance(2000);
  expect(sandbox.objects('apps/v1', 'Deployment')).toEqual([]);
  expect(sandbox.objects('v1', 'Pod').map((pod) => pod.metadata.labels?.app)).toEqual(['b']);
});

test('the pods of a StatefulSet mount what its claim templates make, and nothing that is not there', async () => {
  const { t } = virtual();
  const set = (mounted: string) => {
    const { spec } = deployment('store');
    const { selector, template } = objAt({ spec }, 'spec') as { readonly selector: Obj; readonly template: Obj };
    const containers = objsAt(template, 'spec', 'containers').map((container) => ({
      ...container,
      volumeMounts: [{ name: mounted, mountPath: '/data' }],
    }));
    const claim = {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    return {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'store', namespace: 'default' },
      spec: {
        serviceName: 'store',
        selector,
        template: { ...template, spec: { ...objAt(template, 'spec'), containers } },
        volumeClaimTemplates: [claim],
      },
    };
  };
  const path = '/apis/apps/v1/namespaces/default/statefulsets/store';
  expect((await apply(t, path, set('data'))).status).toBe(201);
  const refused = await apply(t, path, set('other'));
  expect([refused.status, textOrEmpty(refused.body, 'message')]).toEqual([422, expect.stringContaining('Not found: "other"')]);
});
