import { expect, test } from 'vitest';
import { objAt, objsAt } from '../../../lib/api-schema/json';
import { apply, ask, CONFIGMAPS, DEPLOYMENTS, deployment, plain, virtual } from '../ask';

const review = (verb: string, resource: string, group = '') => ({
  spec: { resourceAttributes: { verb, resource, group, namespace: 'default' } },
});
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

test('the rules decide what requests and access reviews answer', async () => {
  const { t, sandbox } = virtual({
    rules: [
      { verbs: ['get', 'list'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'], namespaces: ['default'] },
    ],
  });
  const allowed = async (...args: Parameters<typeof review>) =>
    objAt((await ask(t, 'POST', REVIEWS, review(...args))).body, 'status').allowed;
  expect([
    await allowed('get', 'pods'),
    await allowed('create', 'configmaps'),
    await allowed('patch', 'deployments', 'apps'),
  ]).toEqual([true, false, true]);
  const refused = await ask(t, 'POST', CONFIGMAPS, { metadata: { name: 'a' } });
  expect([refused.status, refused.body.message]).toEqual([
    403,
    'configmaps is forbidden: User "sandbox" cannot create resource "configmaps" in API group "" in the namespace "default"',
  ]);
  sandbox.allow([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]);
  expect((await ask(t, 'POST', CONFIGMAPS, { metadata: { name: 'a' } })).status).toBe(201);
});

test('Pod Security keeps pods out of a restricted namespace, and says why', async () => {
  const { t, clock, sandbox } = virtual();
  await ask(
    t,
    'PATCH',
    '/api/v1/namespaces/default',
    { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } },
    'application/merge-patch+json',
  );
  await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { replicas: 1 }));
  await clock.advance(1000);
  const failure = objsAt(plain(sandbox.get('apps/v1', 'Deployment', 'default', 'web')?.status), 'conditions').find(
    (c) => c.type === 'ReplicaFailure',
  );
  expect(failure?.message).toContain(
    'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false)',
  );
});

test('what is not modelled is refused, never silently accepted', async () => {
  const { t } = virtual();
  const statuses = await Promise.all(
    [
      '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
      '/api/v1/namespaces/default/pods/x/exec',
      '/apis/nope.example/v1/namespaces/default/nopes',
      '/api/v1/namespaces/default/nopes',
    ].map(async (path) => (await ask(t, 'GET', path)).status),
  );
  expect(statuses).toEqual([501, 501, 404, 404]);
});

test('logs: of the container, of its previous run, and why there are none', async () => {
  const { t, clock, sandbox } = virtual({
    podBehavior: (pod) => (objAt(pod, 'metadata', 'labels').app === 'bad' ? { outcome: 'crash', logs: ['boom'] } : undefined),
  });
  await apply(t, `${DEPLOYMENTS}/web`, deployment('web', { replicas: 1 }));
  await apply(t, `${DEPLOYMENTS}/bad`, deployment('bad', { replicas: 1 }));
  await clock.advance(350);
  const [web = '', bad = ''] = ['web', 'bad'].map(
    (app) => sandbox.objects('v1', 'Pod').find((pod) => pod.metadata.labels?.app === app)?.metadata.name,
  );
  expect((await ask(t, 'GET', `/api/v1/namespaces/default/pods/${web}/log?tailLines=1`)).text).toBe('ready\n');
  await clock.advance(200);
  expect((await ask(t, 'GET', `/api/v1/namespaces/default/pods/${bad}/log?previous=true`)).text).toBe('boom\n');
  expect((await ask(t, 'GET', `/api/v1/namespaces/default/pods/${web}/log?container=nope`)).body.message).toContain(
    'container nope is not valid',
  );
});
