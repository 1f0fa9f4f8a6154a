import { infeasible } from '../../lib/kube/feasibility';
import type { Rollout } from '../../lib/kube/rollout';

/** A rollout on live nodes, with the pods that are there: what only the plan can know. */
export interface PlanCase {
  readonly rollout: Rollout;
  readonly nodes: readonly object[];
  readonly pods?: readonly object[];
  /** What the answer has to offer; nothing when the rollout can finish. */
  readonly remedy?: RegExp;
}

const SELF = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'model' } } },
    ],
  },
};

function rollout(fields: Partial<Omit<Rollout, 'spec'>> & { readonly spec?: object }): Rollout {
  const { spec = {}, ...rest } = fields;
  const labels = { app: 'model' };
  return {
    subject: 'Deployment/model',
    namespace: 'serving',
    own: labels,
    labels,
    requests: { cpu: 1 },
    limits: {},
    replicas: 3,
    extra: 1,
    surge: 1,
    ...rest,
    spec: { ...spec },
  };
}

const node = (name: string, allocatable: object = {}, more: object = {}) => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name, zone: name.slice(0, 1) } },
  status: { allocatable: { cpu: '8', memory: '32Gi', ...allocatable } },
  ...more,
});
const pod = (nodeName: string, limits: object = {}, labels: object = { app: 'model' }) => ({
  metadata: { namespace: 'serving', labels },
  spec: { nodeName, containers: [{ resources: { limits } }] },
});
const three = [node('a1'), node('b1'), node('c1')];
const GPU = { 'nvidia.com/gpu': '1' };

export const PLANS: Readonly<Record<string, PlanCase>> = {
  'three strict pods on three nodes and a surge (production-stack#103)': {
    rollout: rollout({ spec: { affinity: SELF } }),
    nodes: three,
    pods: three.map((one) => pod(one.metadata.name)),
    remedy: /maxSurge: 0.*add 1 node/,
  },
  'an old release of the same app on the fourth node': {
    rollout: rollout({ spec: { affinity: SELF } }),
    nodes: [...three, node('d1')],
    pods: ['a1', 'b1', 'c1', 'd1'].map((name) => pod(name)),
    remedy: /add 1 node/,
  },
  'every GPU taken by the old pods (LLMKube#192)': {
    rollout: rollout({ requests: { 'nvidia.com/gpu': 1 } }),
    nodes: three.map((one) => node(one.metadata.name, GPU)),
    pods: three.map((one) => pod(one.metadata.name, GPU)),
    remedy: /maxSurge: 0/,
  },
  'two GPUs free on two nodes, two wanted on one (kuberay#1476)': {
    rollout: rollout({ requests: { 'nvidia.com/gpu': 2 } }),
    nodes: [node('a1', GPU), node('b1', GPU)],
    remedy: /Request less nvidia.com\/gpu/,
  },
  'no node with the selector': {
    rollout: rollout({ spec: { nodeSelector: { pool: 'gpu' } } }),
    nodes: three,
    remedy: /nodeSelector/,
  },
  'a taint that nobody tolerates (production-stack#897)': {
    rollout: rollout({}),
    nodes: [node('a1', {}, { spec: { taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }] } })],
    remedy: /tolerations/,
  },
  'a cordoned node is no node': {
    rollout: rollout({}),
    nodes: [node('a1', {}, { spec: { taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] } })],
    remedy: /tolerations/,
  },
  'a pod larger than every node': {
    rollout: rollout({ requests: { memory: 64 * 2 ** 30 } }),
    nodes: three,
    remedy: /Request less memory/,
  },
  'one pod per zone, and two zones': {
    rollout: rollout({
      extra: 3,
      surge: 0,
      spec: { affinity: JSON.parse(JSON.stringify(SELF).replace('kubernetes.io/hostname', 'zone')) },
    }),
    nodes: [node('a1'), node('a2'), node('b1')],
    remedy: /at most 2 pods/,
  },
  'an affinity to nodes that there are not': {
    rollout: rollout({
      spec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['x'] }] }],
            },
          },
        },
      },
    }),
    nodes: three,
    remedy: /affinity/,
  },
  'more pods than the nodes have cores for': {
    rollout: rollout({ extra: 30, surge: 0, replicas: 30 }),
    nodes: three,
    remedy: /at most 24 pods.*add 1 node/,
  },
};

export const RIGHT_PLANS: Readonly<Record<string, PlanCase>> = {
  'a node to spare': {
    rollout: rollout({ spec: { affinity: SELF } }),
    nodes: [...three, node('d1')],
    pods: three.map((one) => pod(one.metadata.name)),
  },
  'old pods go first': {
    rollout: rollout({ extra: 0, surge: 0, spec: { affinity: SELF } }),
    nodes: three,
    pods: three.map((one) => pod(one.metadata.name)),
  },
  'a tolerated taint': {
    rollout: rollout({ spec: { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }] } }),
    nodes: [node('a1', {}, { spec: { taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }] } })],
  },
  'pods of another namespace do not repel': {
    rollout: rollout({ spec: { affinity: SELF } }),
    nodes: [node('a1')],
    pods: [{ ...pod('a1'), metadata: { namespace: 'other', labels: { app: 'model' } } }],
  },
  'a priority that preempts others': {
    rollout: rollout({ requests: { 'nvidia.com/gpu': 1 }, spec: { priorityClassName: 'serving' } }),
    nodes: [node('a1', GPU)],
    pods: [pod('a1', GPU, { app: 'batch' })],
  },
  'a soft taint': {
    rollout: rollout({}),
    nodes: [node('a1', {}, { spec: { taints: [{ key: 'spot', effect: 'PreferNoSchedule' }] } })],
  },
};

/** The answer of the plan. */
export const planned = ({ rollout: one, nodes, pods = [] }: PlanCase) =>
  infeasible(one, { nodes: nodes as never, pods: pods as never });
