import { TOOL } from '../../kube/contract';
import type { NodePool } from '../../kube/nodes';
import type { KubeObject } from '../../kube/object';

/** What is known besides the objects themselves. Everything is optional: a rule that lacks a fact says nothing. */
export interface CheckContext {
  /**
   * - `stack`: the objects are all there is besides what is declared as external, so that a reference to anything else is an error
   * - `folder`: others may have put more into the cluster; what leads nowhere is a warning where that could help
   * @default 'folder'
   */
  readonly scope?: 'stack' | 'folder';
  /** Namespace of the objects that name none. @default - the only namespace that the objects name, else none */
  readonly namespace?: string;
  /** Oldest Kubernetes version that has to accept the objects. @default '1.30' */
  readonly kubernetesVersion?: `1.${number}`;
  /** Hosts (`redis-svc`) and objects (`ConfigMap/flags`) that others install. */
  readonly external?: readonly string[];
  /** The cluster's nodes, as far as they are known. */
  readonly nodes?: readonly NodePool[];
  /** Seconds that a release may take. */
  readonly releaseTimeout?: number;
  /** Today, `2026-11-21`; without it no exception expires. */
  readonly today?: string;
}

/** `error` where all that an object needs is known, because this library rendered it; `warning` in directories of other tools. */
export function ownSeverity({ scope }: CheckContext, { metadata }: KubeObject): 'error' | 'warning' {
  return scope === 'stack' || metadata.labels?.['app.kubernetes.io/managed-by'] === TOOL ? 'error' : 'warning';
}

/** The minor version that has to accept the objects: 30 of `1.30`. */
export function minorVersion({ kubernetesVersion = '1.30' }: CheckContext): number {
  return Number(kubernetesVersion.split('.')[1]);
}

/** Whether another team installs it: a host, or an object as `Kind/name`. */
export function isExternal(context: CheckContext, name: string): boolean {
  return context.external?.includes(name) === true;
}
