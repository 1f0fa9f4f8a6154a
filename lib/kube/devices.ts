import type { PodSpecFields, ResourceFields } from './api-types';
import { type MemoryQuantity, parseQuantity } from './quantity';

interface DeviceFacts {
  /** Memory used by the model's weights, `'140Gi'`; checked against the product. @default - not checked */
  readonly weights?: MemoryQuantity;
}

/** Whole accelerators; requests and limits are equal. */
export interface Gpu extends DeviceFacts {
  /** Number of devices per pod; of AWS Inferentia and Trainium, the number of NeuronCores. */
  readonly count: number;
  /**
   * Vendor of the devices: determines the resource, the taint and the product label. `neuron` is AWS Inferentia and Trainium, whose
   * product is the type of the instance, `inf2.24xlarge`.
   * @default 'nvidia'
   */
  readonly vendor?: Vendor;
  /** The device plugin's resource. @default - the vendor's, `nvidia.com/gpu` */
  readonly resource?: string;
  /** Limits nodes to these values of the vendor's product label, by node affinity. @default - any product */
  readonly product?: string | readonly string[];
}

/** A part of a GPU with its own memory and compute. */
export interface MigSlice extends DeviceFacts {
  /** Profile of the slice. @see https://docs.nvidia.com/datacenter/tesla/mig-user-guide/ */
  readonly mig: `${1 | 2 | 3 | 4 | 7}g.${number}gb`;
  /** Number of slices. @default 1 */
  readonly count?: number;
  /** Limits nodes to these products. @default - any product */
  readonly product?: string | readonly string[];
}

/** A GPU shared by several pods without isolation: each can use all of its memory, and using too much breaks the others. */
export interface SharedGpu extends DeviceFacts {
  /** How the device plugin shares it. */
  readonly shared: 'time-slicing' | 'mps';
  /** Number of shares. @default 1 */
  readonly count?: number;
  /** Memory that this pod is expected to use. */
  readonly memoryShare: MemoryQuantity;
  /** The device plugin's resource. @default 'nvidia.com/gpu.shared' */
  readonly resource?: string;
}

/** A slice of TPU chips on one node. @see https://cloud.google.com/kubernetes-engine/docs/how-to/tpus */
export interface Tpu extends DeviceFacts {
  /** The slice. */
  readonly tpu: {
    /** Type of the accelerator, `tpu-v5-lite-podslice`. */
    readonly accelerator: string;
    /** Topology of the slice, `2x4`. */
    readonly topology: `${number}x${string}`;
    /** Number of chips per node. */
    readonly chips: number;
  };
}

/** Devices allocated by Dynamic Resource Allocation, `resource.k8s.io/v1`; needs Kubernetes 1.34. */
export interface DeviceClaim extends DeviceFacts {
  /** The devices. */
  readonly claim: {
    /** Class of the devices, `gpu.nvidia.com`. */
    readonly deviceClass: string;
    /** Number of devices. @default 1 */
    readonly count?: number;
    /** CEL expressions that a device must satisfy. @default - any device of the class */
    readonly selectors?: readonly string[];
  };
}

/** Accelerators of each pod. */
export type Devices = MigSlice | SharedGpu | Tpu | DeviceClaim | Gpu;

/** Vendors of accelerators with a device plugin. */
export type Vendor = 'nvidia' | 'amd' | 'intel' | 'gaudi' | 'neuron';

/** Name of the claim in a pod, and the last part of its template's name. */
export const DEVICE_CLAIM = 'devices';

interface VendorFacts {
  readonly resource: string;
  readonly product: string;
  /** @default - the resource */
  readonly taint?: string;
}

const VENDORS: Readonly<Record<Vendor, VendorFacts>> = {
  nvidia: { resource: 'nvidia.com/gpu', product: 'nvidia.com/gpu.product' },
  amd: { resource: 'amd.com/gpu', product: 'amd.com/gpu.product-name' },
  intel: { resource: 'gpu.intel.com/xe', product: 'gpu.intel.com/product' },
  gaudi: { resource: 'habana.ai/gaudi', product: 'habana.ai/product' },
  neuron: {
    resource: 'aws.amazon.com/neuroncore',
    product: 'node.kubernetes.io/instance-type',
    taint: 'aws.amazon.com/neuron',
  },
};

/** Number of devices that one pod sees. */
export function deviceCount(devices: Devices | undefined): number {
  if (devices === undefined) return 0;
  if ('tpu' in devices) return devices.tpu.chips;
  if ('claim' in devices) return devices.claim.count ?? 1;
  return devices.count ?? 1;
}

/** The extended resource of the device plugin; undefined with a claim. */
export function deviceResource(devices: Devices): string | undefined {
  if ('claim' in devices) return undefined;
  if ('tpu' in devices) return 'google.com/tpu';
  if ('mig' in devices) return `nvidia.com/mig-${devices.mig}`;
  if ('shared' in devices) return devices.resource ?? 'nvidia.com/gpu.shared';
  return devices.resource ?? VENDORS[devices.vendor ?? 'nvidia'].resource;
}

/** The resources that devices add to the container that uses them. */
export function deviceResources(devices: Devices | undefined): Pick<ResourceFields, 'claims' | 'limits'> {
  if (devices === undefined) return {};
  const resource = deviceResource(devices);
  return resource === undefined ? { claims: [{ name: DEVICE_CLAIM }] } : { limits: { [resource]: String(deviceCount(devices)) } };
}

/** The taint on nodes with these devices. */
function taintOf(devices: Devices): string | undefined {
  // Slices and shares are on nodes with the taint of the whole device.
  if ('mig' in devices || 'shared' in devices) return 'nvidia.com/gpu';
  const vendor = 'vendor' in devices ? devices.vendor : undefined;
  return (vendor === undefined ? undefined : VENDORS[vendor].taint) ?? deviceResource(devices);
}

/** Tolerations, node labels and affinity of pods with devices. */
export function devicePlacement(devices: Devices | undefined): {
  readonly tolerations: NonNullable<PodSpecFields['tolerations']>;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly products?: { readonly key: string; readonly values: readonly string[] };
} {
  if (devices === undefined) return { tolerations: [], nodeSelector: {} };
  const taint = taintOf(devices);
  const tolerations = taint === undefined ? [] : [{ key: taint, operator: 'Exists', effect: 'NoSchedule' }];
  if ('tpu' in devices) {
    const { accelerator, topology } = devices.tpu;
    const nodeSelector = { 'cloud.google.com/gke-tpu-accelerator': accelerator, 'cloud.google.com/gke-tpu-topology': topology };
    return { tolerations, nodeSelector };
  }
  const product = 'product' in devices ? devices.product : undefined;
  if (product === undefined) return { tolerations, nodeSelector: {} };
  const vendor = 'vendor' in devices ? (devices.vendor ?? 'nvidia') : 'nvidia';
  const values = typeof product === 'string' ? [product] : product;
  return { tolerations, nodeSelector: {}, products: { key: VENDORS[vendor].product, values } };
}

/** The spec of the claim template for devices allocated by Dynamic Resource Allocation. */
export function claimTemplateSpec({ claim }: DeviceClaim): Readonly<Record<'devices', unknown>> {
  const { deviceClass, count = 1, selectors = [] } = claim;
  const exactly = {
    deviceClassName: deviceClass,
    allocationMode: 'ExactCount',
    count,
    ...(selectors.length === 0 ? {} : { selectors: selectors.map((expression) => ({ cel: { expression } })) }),
  };
  return { devices: { requests: [{ name: 'devices', exactly }] } };
}

const GIB = 2 ** 30;
/** Memory of accelerator products in GiB, by the vendors' product labels. The longest match is used. */
const PRODUCT_MEMORY: Readonly<Record<string, number>> = {
  T4: 16,
  L4: 24,
  A10G: 24,
  A10: 24,
  L40S: 48,
  L40: 48,
  A30: 24,
  V100: 16,
  'A100-SXM4-40GB': 40,
  'A100-PCIE-40GB': 40,
  'A100-SXM4-80GB': 80,
  'A100-80GB': 80,
  A100: 40,
  H100: 80,
  H200: 141,
  H20: 96,
  B200: 180,
  MI300X: 192,
  MI325X: 256,
  'HL-225': 96,
  'HL-325': 128,
};

/** Memory of one device of a product in bytes; undefined where unknown. */
export function productMemory(product: string): number | undefined {
  const normal = product.replaceAll('_', '-').toUpperCase();
  const match = Object.keys(PRODUCT_MEMORY)
    .filter((name) => normal.includes(name))
    .sort((a, b) => b.length - a.length)[0];
  return match === undefined ? undefined : (PRODUCT_MEMORY[match] ?? 0) * GIB;
}

/** Memory of one device in bytes; undefined where unknown. For several products, the smallest. */
export function deviceMemory(devices: Devices): number | undefined {
  if ('mig' in devices) return Number(/\.(\d+)gb$/.exec(devices.mig)?.[1] ?? 0) * GIB;
  if ('shared' in devices) return parseQuantity(devices.memoryShare);
  if (!('product' in devices) || devices.product === undefined) return undefined;
  const products = typeof devices.product === 'string' ? [devices.product] : devices.product;
  const known = products.map(productMemory);
  return known.includes(undefined) ? undefined : Math.min(...known.flatMap((memory) => memory ?? []));
}
