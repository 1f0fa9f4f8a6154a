import { expect, test } from 'vitest';
import { objAt, objsAt } from '../../lib/api-schema/json';
import { apply, ask, CONFIGMAPS, DEPLOYMENTS, deployment, plain, virtual } from './ask';

const stateful = (image = 'db:1', replicas = 2) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db' },
  spec: {
    serviceName: 'db',
    replicas,
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'main', image }] } },
    volumeClaimTemplates: [
      { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    ],
  },
});
const SETS = '/apis/apps/v1/namespaces/default/statefulsets';

test('a StatefulSet starts its pods in order, with bound claims, and replaces them from the last', async () => {
  const { t, clock, sandbox } = virtual();
  await apply(t, `${SETS}/db`, stateful());
  await clock.advance(150);
  expect(sandbox.objects('v1', 'Pod').map((pod) => pod.metadata.name)).toEqual(['db-0']);
  await clock.advance(2000);
  expect(objAt((await ask(t, 'GET', `${SETS}/db`)).body, 'status')).toMatchObject({
    replicas: 2,
    readyReplicas: 2,
    updatedReplicas: 2,
    availableReplicas: 2,
  });
  expect(sandbox.objects('v1', 'PersistentVolumeClaim').map((claim) => [claim.metadata.name, plain(claim.status).phase])).toEqual(
    [
      ['data-db-0', 'Bound'],
      ['data-db-1', 'Bound'],
    ],
  );
  await apply(t, `${SETS}/db`, stateful('db:2'));
  await clock.advance(250);
  expect(sandbox.objects('v1', 'Pod').map((pod) => [pod.metadata.name, JSON.stringify(pod.spec).includes('db:2')])).toEqual([
    ['db-0', false],
    ['db-1', true],
  ]);
  await clock.advance(3000);
  expect(objAt((await ask(t, 'GET', `${SETS}/db`)).body, 'status')).toMatchObject({
    readyReplicas: 2,
    updatedReplicas: 2,
    currentReplicas: 2,
  });
});

test('a DaemonSet puts one pod on every node that takes it', async () => {
  const { t, clock, sandbox } = virtual();
  const { spec } = deployment('agent');
  const { replicas: _, ...rest } = objAt({ spec }, 'spec');
  await apply(t, '/apis/apps/v1/namespaces/default/daemonsets/agent', {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: rest,
  });
  await clock.advance(2000);
  expect(sandbox.objects('apps/v1', 'DaemonSet')[0]?.status).toMatchObject({
    desiredNumberScheduled: 3,
    numberReady: 3,
    numberAvailable: 3,
  });
  sandbox.addNode({ name: 'cpu-4', cpu: '8', memory: '8Gi' });
  await clock.advance(2000);
  expect(sandbox.objects('apps/v1', 'DaemonSet')[0]?.status).toMatchObject({ numberReady: 4 });
});

test('an autoscaler owns the replicas of its target and keeps them within its bounds', async () => {
  const { t, clock, sandbox } = virtual();
  await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { replicas: 1 }));
  const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 3, maxReplicas: 5 };
  await apply(t, '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/web', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec,
  });
  await clock.advance(2000);
  expect(sandbox.get('apps/v1', 'Deployment', 'default', 'web')?.spec).toMatchObject({ replicas: 3 });
  const answer = await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { replicas: 1 }));
  expect(answer.body.message).toBe(
    'Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using apps/v1: .spec.replicas',
  );
});

test('a disruption budget says how many pods may be disturbed', async () => {
  const { t, clock, sandbox } = virtual();
  const spec = { minAvailable: 1, selector: { matchLabels: { app: 'web' } } };
  await apply(t, '/apis/policy/v1/namespaces/default/poddisruptionbudgets/web', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec,
  });
  await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { replicas: 3 }));
  await clock.advance(2000);
  expect(sandbox.objects('policy/v1', 'PodDisruptionBudget')[0]?.status).toMatchObject({
    expectedPods: 3,
    currentHealthy: 3,
    desiredHealthy: 1,
    disruptionsAllowed: 2,
  });
});

test('an EndpointSlice follows the ready pods of a Service', async () => {
  const { t, clock, sandbox } = virtual();
  const ports = [{ port: 80, targetPort: 80 }];
  await apply(t, '/api/v1/namespaces/default/services/web', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports },
  });
  await apply(t, `${DEPLOYMENTS}/web`, deployment('web'));
  await clock.advance(2000);
  const slice = sandbox.objects('discovery.k8s.io/v1', 'EndpointSlice')[0];
  const endpoints = Array.isArray(slice?.endpoints) ? slice.endpoints : [];
  expect(endpoints.map((endpoint) => endpoint.conditions.ready)).toEqual([true, true]);
});

test('a deleted namespace is emptied first, and takes nothing new meanwhile', async () => {
  const { t, clock, sandbox } = virtual();
  await ask(t, 'POST', '/api/v1/namespaces', { metadata: { name: 'team' } });
  const path = '/api/v1/namespaces/team/configmaps';
  await ask(t, 'POST', path, { metadata: { name: 'held', finalizers: ['example.com/hold'] } });
  await apply(t, '/apis/apps/v1/namespaces/team/deployments/web', deployment('web'));
  await clock.advance(1000);
  expect(sandbox.get('v1', 'ServiceAccount', 'team', 'default')).toBeDefined();
  expect(objAt((await ask(t, 'DELETE', '/api/v1/namespaces/team')).body, 'status').phase).toBe('Terminating');
  await clock.advance(3000);
  const refused = await ask(t, 'POST', path, { metadata: { name: 'late' } });
  expect([refused.status, refused.body.message]).toEqual([
    403,
    'configmaps "late" is forbidden: unable to create new content in namespace team because it is being terminated',
  ]);
  expect(sandbox.objects('v1', 'Pod', 'team')).toEqual([]);
  expect(sandbox.get('v1', 'Namespace', '', 'team')).toBeDefined();
  await ask(t, 'PATCH', `${path}/held`, { metadata: { finalizers: null } }, 'application/merge-patch+json');
  await clock.advance(1000);
  expect(sandbox.get('v1', 'Namespace', '', 'team')).toBeUndefined();
});

test('garbage: an object goes with the last of its owners', async () => {
  const { t, clock, sandbox } = virtual();
  const owners = [];
  for (const name of ['a', 'b']) {
    const { body } = await ask(t, 'POST', CONFIGMAPS, { metadata: { name } });
    owners.push({ apiVersion: 'v1', kind: 'ConfigMap', name, uid: objAt(body, 'metadata').uid });
  }
  await ask(t, 'POST', CONFIGMAPS, { metadata: { name: 'child', ownerReferences: owners } });
  await ask(t, 'DELETE', `${CONFIGMAPS}/a`);
  await clock.advance(100);
  expect(sandbox.get('v1', 'ConfigMap', 'default', 'child')).toBeDefined();
  await ask(t, 'DELETE', `${CONFIGMAPS}/b`);
  await clock.advance(100);
  expect(sandbox.get('v1', 'ConfigMap', 'default', 'child')).toBeUndefined();
});

test('500 objects are applied and ready', async () => {
  const { t, clock, sandbox } = virtual();
  for (let i = 0; i < 100; i++) {
    const name = `m${i}`;
    await apply(t, `${DEPLOYMENTS}/${name}`, deployment(name));
    await apply(t, `/api/v1/namespaces/default/services/${name}`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: { app: name }, ports: [{ port: 80 }] },
    });
    await apply(t, `${CONFIGMAPS}/${name}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'b' } });
    await apply(t, `/api/v1/namespaces/default/serviceaccounts/${name}`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name },
    });
    const budget = { minAvailable: 1, selector: { matchLabels: { app: name } } };
    await apply(t, `/apis/policy/v1/namespaces/default/poddisruptionbudgets/${name}`, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      spec: budget,
    });
  }
  await clock.advance(2000);
  const ready = sandbox
    .objects('apps/v1', 'Deployment')
    .filter((object) => objsAt(plain(object.status), 'conditions').some((c) => c.reason === 'NewReplicaSetAvailable'));
  expect(ready).toHaveLength(100);
}, 60_000);
