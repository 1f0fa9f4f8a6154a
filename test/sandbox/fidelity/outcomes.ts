import { isObj, objAt, objsAt } from '../../../lib/api-schema/json';
import type { Transport } from '../../../lib/client/transport';
import { at, type Obj, type Value } from '../../../lib/kube/fields';
import { apply, ask, deployment, job } from '../ask';

/** Objects that are applied one after the other, and what controllers make of them. */
export interface Outcome {
  readonly name: string;
  /** Applied in turn, each after the one before has settled. */
  readonly objects: readonly Obj[];
  /** How many times the usual to wait; the real autoscaler looks only every 15 s. */
  readonly patience?: number;
}

const url = (object: Obj, namespace: string): string => {
  const [kind, version] = [String(object.kind), String(object.apiVersion)];
  const plural = kind === 'NetworkPolicy' ? 'networkpolicies' : `${kind.toLowerCase()}s`;
  return `/${version.includes('/') ? 'apis' : 'api'}/${version}/namespaces/${namespace}/${plural}/${String(objAt(object, 'metadata').name)}`;
};

const { replicas: _, strategy: __, ...workload } = objAt(deployment('web'), 'spec');
const policy = { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [10] } }] };
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

export const OUTCOMES: readonly Outcome[] = [
  { name: 'ready', objects: [deployment('web')] },
  { name: 'updated', objects: [deployment('web'), deployment('web', { image: 'web:2' })] },
  { name: 'scaled down', objects: [deployment('web', { replicas: 3 }), deployment('web', { replicas: 1 })] },
  { name: 'image missing', objects: [deployment('web'), deployment('web', { image: 'web:missing' })] },
  { name: 'config error', objects: [deployment('web', { annotations: { 'sim/outcome': 'config-error' } })] },
  { name: 'never ready', objects: [deployment('web', { annotations: { 'sim/outcome': 'unready' } })] },
  {
    name: 'recreated',
    objects: [
      deployment('web', { spec: { strategy: { type: 'Recreate' } } }),
      deployment('web', { image: 'web:2', spec: { strategy: { type: 'Recreate' } } }),
    ],
  },
  { name: 'deadline', objects: [deployment('web', { image: 'web:missing', spec: { progressDeadlineSeconds: 2 } })] },
  {
    name: 'quota',
    objects: [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { pods: '1' } } },
      deployment('web', { replicas: 2 }),
    ],
  },
  {
    name: 'too large',
    objects: [
      deployment('web', {
        spec: {
          template: {
            metadata: { labels: { app: 'web' } },
            spec: { containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu: '1000' } } }] },
          },
        },
      }),
    ],
  },
  { name: 'Job complete', objects: [job('j', { 'sim/termination-message': '{"v":1}' })] },
  {
    name: 'Job failed',
    objects: [job('j', { 'sim/outcome': 'fail', 'sim/exit-code': '20', 'sim/termination-message': 'why' }, { backoffLimit: 0 })],
  },
  {
    name: 'Job failed by policy',
    objects: [job('j', { 'sim/outcome': 'fail', 'sim/exit-code': '10' }, { backoffLimit: 3, podFailurePolicy: policy })],
  },
  { name: 'Job too late', objects: [job('j', { 'sim/outcome': 'hang' }, { activeDeadlineSeconds: 2 })] },
  { name: 'Job suspended', objects: [job('j', {}, { suspend: true })] },
  {
    name: 'StatefulSet',
    objects: [
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'db' },
        spec: { ...workload, serviceName: 'db', replicas: 2 },
      },
    ],
  },
  { name: 'DaemonSet', objects: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent' }, spec: workload }] },
  {
    name: 'budget',
    objects: [
      deployment('web', { replicas: 3 }),
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'web' },
        spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
      },
    ],
  },
  {
    name: 'autoscaler',
    patience: 3,
    objects: [
      deployment('web', { replicas: 1 }),
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web' },
        spec: { scaleTargetRef: target, minReplicas: 2, maxReplicas: 4 },
      },
    ],
  },
  {
    name: 'claim',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'c' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
  },
];

/** Applies each object and lets time pass; then looks at what there is. */
export async function playOutcome(
  t: Transport,
  { name, objects, patience = 1 }: Outcome,
  wait: (times: number) => Promise<void>,
): Promise<Obj> {
  const namespace = `outcome-${name.toLowerCase().replaceAll(' ', '-')}`;
  await ask(t, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await wait(patience);
  for (const object of objects) {
    const answer = await apply(t, url(object, namespace), object, 'm', '&force=true');
    if (answer.status >= 300) throw new Error(`${name}: ${answer.text}`);
    await wait(patience);
  }
  const result: Obj = {};
  for (const object of objects) {
    const { body } = await ask(t, 'GET', url(object, namespace));
    result[String(object.kind)] = {
      generation: objAt(body, 'metadata').generation ?? null,
      status: statusOf(object, body),
      replicas: at(body, 'spec', 'replicas') ?? null,
    };
  }
  for (const [kind, path] of [
    ['ReplicaSet', '/apis/apps/v1'],
    ['Pod', '/api/v1'],
  ] as const) {
    const { body } = await ask(t, 'GET', `${path}/namespaces/${namespace}/${kind.toLowerCase()}s`);
    const items = objsAt(body, 'items').map((item) => ({
      status: at(item, 'status') ?? null,
      replicas: at(item, 'spec', 'replicas') ?? null,
      labels: objAt(item, 'metadata', 'labels'),
    }));
    result[`${kind}s`] = items
      .map((item) => JSON.stringify(simplify(item)))
      .sort()
      .map((text): Value => JSON.parse(text));
  }
  return result;
}

/** How far an autoscaler has come depends on when the real one looked last; what it wants does not. */
function statusOf(object: Obj, answer: Obj): Value {
  const status = objAt(answer, 'status');
  return object.kind === 'HorizontalPodAutoscaler' ? { desiredReplicas: status.desiredReplicas ?? null } : status;
}

const DROPPED = new Set([
  'hostIP',
  'hostIPs',
  'podIP',
  'podIPs',
  'imageID',
  'containerID',
  'observedGeneration',
  'lastProbeTime',
  'resources',
  'allocatedResources',
  'user',
  'volumeMounts',
  'nominatedNodeName',
]);

/** The simulated kubelet of the real control plane leaves old reasons of a pod's conditions behind. */
function plainCondition(value: Value): Obj {
  const { reason, message, ...rest } = isObj(value) ? value : {};
  if (reason === 'ContainersNotReady' || reason === 'PodCompleted' || message === 'containers with unready status') return rest;
  // Which of the two a rollout shows on its way depends on how fast the controller is.
  const isUnderWay = reason === 'NewReplicaSetCreated' || reason === 'ReplicaSetUpdated';
  if (isUnderWay) return { ...rest, reason: 'under way' };
  return { ...rest, ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
}

/** Without what differs from run to run: times, names made up, addresses, the order of conditions. */
export function simplify(value: Value | undefined, key = ''): Value {
  if (Array.isArray(value)) {
    const items = value.map((item) => simplify(item));
    return key === 'conditions'
      ? items.map(plainCondition).sort((a, b) => (a.type === b.type ? 0 : String(a.type) < String(b.type) ? -1 : 1))
      : items;
  }
  if (isObj(value)) {
    const result: Obj = {};
    for (const name of Object.keys(value).sort()) if (!DROPPED.has(name)) result[name] = simplify(value[name], name);
    return result;
  }
  if (typeof value !== 'string') return value ?? null;
  return value
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time')
    .replace(/\b(web|db|agent|j)-[a-z0-9]{5,10}(-[a-z0-9]{5})?\b/g, '$1-(made up)')
    .replace(/^[a-z0-9]{8,10}$/, '(a hash)')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '(a uid)')
    .replace(/^zone-\d$/, '(a zone)')
    .replace(/containers with unready status.*/, 'containers with unready status')
    .replace(/nodes are available: .*/, 'nodes are available: (why)');
}
