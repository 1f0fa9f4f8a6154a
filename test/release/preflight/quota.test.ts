import { expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import type { Rollout } from '../../../lib/kube/rollout';
import type { Plan, PlannedObject } from '../../../lib/release/model/plan';
import { demandsOf } from '../../../lib/release/preflight/demand';
import { exceededQuotas } from '../../../lib/release/preflight/quota';
import { deployment } from '../manifests';

const quota = (hard: object, used: object, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q', namespace: 'n' },
  spec,
  status: { hard, used },
});
const demand: Rollout = {
  subject: 'Deployment/a',
  namespace: 'n',
  own: {},
  labels: {},
  spec: {},
  requests: { cpu: 2, 'nvidia.com/gpu': 1 },
  limits: { memory: 2 ** 30 },
  replicas: 3,
  extra: 2,
  surge: 1,
};

it.each([
  [{ pods: '4' }, { pods: '3' }, 'pods'],
  [{ 'requests.cpu': '10' }, { 'requests.cpu': '7' }, 'requests.cpu'],
  [{ cpu: '3500m' }, { cpu: '0' }, 'cpu'],
  [{ 'limits.memory': '3Gi' }, { 'limits.memory': '2Gi' }, 'limits.memory'],
  [{ 'requests.nvidia.com/gpu': '4' }, { 'requests.nvidia.com/gpu': '3' }, 'requests.nvidia.com/gpu'],
])('refuses what exceeds %o', (hard, used, path) => {
  expect(exceededQuotas([quota(hard, used)], [demand])).toMatchObject([
    { code: 'QUOTA_EXCEEDED', subject: 'ResourceQuota/q', path, remedy: expect.stringContaining('maxUnavailable') },
  ]);
});

it('accepts what fits exactly, other namespaces, and leaves scoped quotas to the API server', () => {
  expect(exceededQuotas([quota({ pods: '5' }, { pods: '3' })], [demand])).toEqual([]);
  expect(exceededQuotas([quota({ pods: '1' }, { pods: '1' })], [{ ...demand, namespace: 'other' }])).toEqual([]);
  expect(exceededQuotas([quota({ pods: '1' }, { pods: '1' }, { scopes: ['BestEffort'] })], [demand])).toEqual([]);
});

const planned = (object: Partial<PlannedObject> & { manifest: KubeObject }): Plan => ({
  release: 'r',
  namespace: 'n',
  digest: '',
  gates: [],
  problems: [],
  objects: [
    {
      key: 'k',
      action: 'change',
      changes: [{ path: 'spec.template.spec.containers[name=server].image' }],
      conflicts: [],
      ...object,
    },
  ],
});
const workload = (replicas: number, strategy?: object): KubeObject =>
  deployment('a', { namespace: 'n', replicas, ...(strategy ? { strategy: { rollingUpdate: strategy } } : {}) });

it.each([
  ['a new workload needs all its pods', planned({ action: 'create', manifest: workload(3) }), { extra: 3, surge: 0 }],
  [
    'an update by default surges by one when nothing may be missing',
    planned({ manifest: workload(3), live: workload(3) }),
    { extra: 1, surge: 1 },
  ],
  ['25% of 4 may be missing', planned({ manifest: workload(4), live: workload(4) }), { extra: 0, surge: 0 }],
  [
    'maxUnavailable: 0 surges',
    planned({ manifest: workload(4, { maxUnavailable: 0 }), live: workload(4) }),
    { extra: 1, surge: 1 },
  ],
  [
    'more replicas come on top',
    planned({ manifest: workload(6, { maxUnavailable: 0 }), live: workload(4) }),
    { extra: 3, surge: 1 },
  ],
])('%s', (_title, plan, expected) => {
  expect(demandsOf(plan)).toMatchObject([{ subject: 'Deployment/a', requests: { cpu: 0.01 }, ...expected }]);
});

it('asks for nothing when no pod is replaced', () => {
  expect(demandsOf(planned({ manifest: workload(3), live: workload(3), changes: [{ path: 'metadata.labels.a' }] }))).toEqual([]);
});
