import type { Obj } from '../../kube/fields';

/** A node of the sandbox. */
export interface NodeSpec {
  /** Name of the node. */
  readonly name: string;
  /** Allocatable cores. */
  readonly cpu: string;
  /** Allocatable memory, `64Gi`. */
  readonly memory: string;
  /** Number of `nvidia.com/gpu`; such nodes have a taint that keeps other pods away. @default 0 */
  readonly gpus?: number;
  /** Other devices by resource name, `amd.com/gpu`; no taint is added. @default - none */
  readonly devices?: Readonly<Record<string, number>>;
  /** Availability zone. @default - none */
  readonly zone?: string;
  /** Additional labels. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Taints. @default - none */
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
}

/** Three nodes without GPUs and two with GPUs. */
export const DEFAULT_NODES: readonly NodeSpec[] = [
  ...[1, 2, 3].map((i) => ({ name: `cpu-${i}`, cpu: '32', memory: '128Gi', zone: `zone-${i % 3}` })),
  ...[1, 2].map((i) => ({
    name: `gpu-${i}`,
    cpu: '64',
    memory: '512Gi',
    gpus: 8,
    zone: `zone-${i % 3}`,
    labels: { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' },
    taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
  })),
];

/** Renders a Node object. */
export function nodeObject(node: NodeSpec, now: string): Obj {
  const { name, cpu, memory, gpus, devices = {}, zone = 'zone-0', labels = {}, taints = [] } = node;
  const capacity: Obj = {
    cpu,
    memory,
    pods: '110',
    'ephemeral-storage': '500Gi',
    ...(gpus === undefined ? {} : { 'nvidia.com/gpu': String(gpus) }),
    ...Object.fromEntries(Object.entries(devices).map(([device, count]) => [device, String(count)])),
  };
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
  return {
    kind: 'Node',
    apiVersion: 'v1',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': zone,
        ...labels,
      },
    },
    spec: taints.length === 0 ? {} : { taints: taints.map((taint) => ({ ...taint })) },
    status: { capacity, allocatable: { ...capacity }, conditions: [ready], addresses: [{ type: 'Hostname', address: name }] },
  };
}
