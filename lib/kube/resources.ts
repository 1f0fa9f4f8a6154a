import type { ResourceFields } from './api-types';
import { type Devices, deviceResources } from './devices';
import type { CpuQuantity, MemoryQuantity } from './quantity';

/** Resource amounts of one container. */
export interface ResourceAmounts {
  /** Cores. Without a limit the container may use idle CPU on its node. @default - none: no limit */
  readonly cpu?: CpuQuantity;
  /** Bytes with a unit. @default - none */
  readonly memory?: MemoryQuantity;
  /** Logs and writable files on the node's disk. @default 256Mi, limited to 2Gi; a downloaded model's size is added */
  readonly ephemeralStorage?: MemoryQuantity;
}

/** Requests and limits of one container, in Kubernetes' format. @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
export interface ContainerResources {
  /** Amounts that the scheduler reserves. */
  readonly requests: Omit<ResourceAmounts, 'cpu' | 'memory'> & { readonly cpu: CpuQuantity; readonly memory: MemoryQuantity };
  /** Limits that the kubelet enforces; exceeding memory kills the container. */
  readonly limits: Omit<ResourceAmounts, 'memory'> & { readonly memory: MemoryQuantity };
  /**
   * Other resources by name, such as `rdma/hca` or `hugepages-2Mi`. They cannot be overcommitted: requests equal limits.
   * @default - none
   */
  readonly extended?: Readonly<Record<string, number | MemoryQuantity>>;
}

/** Default ephemeral storage of a container, in bytes. */
export const EPHEMERAL: Readonly<Record<'request' | 'limit', number>> = { request: 256 * 2 ** 20, limit: 2 * 2 ** 30 };

/** Bytes as a quantity in whole Gi or Mi. */
export function bytesQuantity(bytes: number): MemoryQuantity {
  return bytes % 2 ** 30 === 0 ? `${bytes / 2 ** 30}Gi` : `${Math.ceil(bytes / 2 ** 20)}Mi`;
}

/**
 * `resources` in manifest form. Ephemeral storage always has a request and a limit, or one pod can fill a node's disk; `stored`
 * is added to the defaults, in bytes.
 */
export function containerResources(resources: ContainerResources, devices?: Devices, stored = 0): ResourceFields {
  const { claims, limits: device = {} } = deviceResources(devices);
  const others = Object.entries(resources.extended ?? {}).map(([name, amount]) => [name, String(amount)] as const);
  const extended = { ...Object.fromEntries(others), ...device };
  const amounts = (given: ResourceAmounts, storage: number) => {
    const { ephemeralStorage = bytesQuantity(storage + stored), ...amount } = given;
    return { ...amount, 'ephemeral-storage': ephemeralStorage, ...extended };
  };
  return {
    requests: amounts(resources.requests, EPHEMERAL.request),
    limits: amounts(resources.limits, EPHEMERAL.limit),
    ...(claims === undefined ? {} : { claims }),
  };
}
