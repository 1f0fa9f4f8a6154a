import type { CpuQuantity, MemoryQuantity } from './quantity';

/** Amounts of one container. */
export interface ResourceAmounts {
  /** Cores. Without a limit the container may use what is idle on its node. @default - none: no limit */
  readonly cpu?: CpuQuantity;
  /** Bytes with a unit. @default - none */
  readonly memory?: MemoryQuantity;
  /** Logs and writable files on the node's disk. @default 256Mi, limited to 2Gi */
  readonly ephemeralStorage?: MemoryQuantity;
}

/** Requests and limits of one container, in Kubernetes' own shape. @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
export interface ContainerResources {
  /** What the scheduler reserves. */
  readonly requests: ResourceAmounts & { readonly cpu: CpuQuantity; readonly memory: MemoryQuantity };
  /** What the kubelet enforces; exceeding memory kills the container. */
  readonly limits: ResourceAmounts & { readonly memory: MemoryQuantity };
}

/** Graphics processors of one pod. */
export interface Gpu {
  /** How many whole devices; requests and limits are equal. */
  readonly count: number;
  /** The device plugin's resource. @default 'nvidia.com/gpu' */
  readonly resource?: string;
  /** Only nodes with this `nvidia.com/gpu.product` label. @default - any product */
  readonly product?: string;
  /** Memory that the model's weights take, `'140Gi'`; checked against the product. @default - not checked */
  readonly weights?: MemoryQuantity;
}

/** The resource name of a pod's GPUs. */
export function gpuResource(gpu: Gpu): string {
  return gpu.resource ?? 'nvidia.com/gpu';
}

/** `resources` as a manifest has it. Ephemeral storage always has a request and a limit, or one pod can fill a node's disk. */
export function containerResources(resources: ContainerResources, gpu?: Gpu): Record<string, unknown> {
  const extended = gpu === undefined ? {} : { [gpuResource(gpu)]: String(gpu.count) };
  const amounts = (given: ResourceAmounts, storage: string) => {
    const { ephemeralStorage = storage, ...others } = given;
    return { ...others, 'ephemeral-storage': ephemeralStorage, ...extended };
  };
  return { requests: amounts(resources.requests, '256Mi'), limits: amounts(resources.limits, '2Gi') };
}
