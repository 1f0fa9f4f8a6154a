import type { KubeObject } from './object';

/** A container as far as rules look at it. */
export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
  readonly [field: string]: unknown;
}

/** A pod's spec as far as rules look at it. */
export interface PodSpec {
  readonly containers?: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly [field: string]: unknown;
}

interface Templated {
  readonly template?: { readonly spec?: PodSpec };
  readonly jobTemplate?: { readonly spec?: { readonly template?: { readonly spec?: PodSpec } } };
}

/** The spec of the pods that an object makes, whatever kind of workload it is. Nothing for kinds without pods. */
export function podSpecOf(object: KubeObject): PodSpec | undefined {
  const spec = object.spec as (Templated & PodSpec) | undefined;
  if (object.kind === 'Pod') return spec;
  return spec?.template?.spec ?? spec?.jobTemplate?.spec?.template?.spec;
}
