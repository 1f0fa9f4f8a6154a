import { TOOL } from '../../kube/contract';
import type { NodePool } from '../../kube/nodes';
import type { KubeObject } from '../../kube/object';

/** Facts besides the objects themselves. All are optional: without a needed fact, a rule reports nothing. */
export interface CheckContext {
  /**
   * - `stack`: the objects are complete except for declared externals, so a reference to anything else is an error
   * - `folder`: the cluster may contain more; a dangling reference is a warning if other objects could satisfy it
   * @default 'folder'
   */
  readonly scope?: 'stack' | 'folder';
  /** Namespace of objects without one. @default - the only namespace that the objects name, else none */
  readonly namespace?: string;
  /** Oldest Kubernetes version that must accept the objects. @default '1.30' */
  readonly kubernetesVersion?: `1.${number}`;
  /** Hosts (`redis-svc`) and objects (`ConfigMap/flags`) installed by others. */
  readonly external?: readonly string[];
  /** The cluster's nodes, where known. */
  readonly nodes?: readonly NodePool[];
  /** Timeout of a release in seconds. */
  readonly releaseTimeout?: number;
  /** Current date, `2026-11-21`; without it no exception expires. */
  readonly today?: string;
}

/**
 * `error` if all requirements of an object are known, because this library rendered it; `warning` in directories of other tools.
 */
export function ownSeverity({ scope }: CheckContext, { metadata }: KubeObject): 'error' | 'warning' {
  return scope === 'stack' || metadata.labels?.['app.kubernetes.io/managed-by'] === TOOL ? 'error' : 'warning';
}

/** Minor version that must accept the objects: 30 in `1.30`. */
export function minorVersion({ kubernetesVersion = '1.30' }: CheckContext): number {
  return Number(kubernetesVersion.split('.')[1]);
}

/** Whether others install it: a host, or an object as `Kind/name`. */
export function isExternal(context: CheckContext, name: string): boolean {
  return context.external?.includes(name) === true;
}
