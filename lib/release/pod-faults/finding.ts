import type { KubeObject } from '../../kube/object';
import type { PodState } from '../model/pod-state';
import type { Evidence } from './evidence';

/** What to judge from: everything there is about one workload, as the watches have it. */
export interface VerdictInput {
  /** A Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or Pod. */
  readonly workload: KubeObject;
  /** Any pods; those that are not the workload's, or not of its newest template, are left out. */
  readonly pods: readonly KubeObject[];
  /** Any ReplicaSets; only a Deployment needs its own. */
  readonly replicaSets: readonly KubeObject[];
  /** Any events (`v1 Event`). */
  readonly events: readonly KubeObject[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When the workload was applied, in the API server's time; events of its controller from before are ignored. Default: 0. */
  readonly appliedAt?: number;
  /** How many failures of a container make a crash loop. Default: 2. */
  readonly crashes?: number;
  /** How long a pod may go without a node, when none is on its way, before that is `stalled`. Default: 30 000 ms. */
  readonly schedulingMs?: number;
  /** How long a quota may be in the way while old pods still give back what they hold. Default: 10 000 ms. */
  readonly quotaMs?: number;
}

/** The input's numbers, defaults filled in. */
export type Limits = Required<Pick<VerdictInput, 'now' | 'appliedAt' | 'crashes' | 'schedulingMs' | 'quotaMs'>>;

/** Why, in one word for machines and one sentence of facts. */
export interface Cause {
  /** `ImageNotFound`, `CrashLoop`, `OOMKilled`, `ConfigError`, `QuotaExceeded`, `Unschedulable`, `PullingImage`, … */
  readonly reason: string;
  readonly message: string;
}

/** What one pod or controller shows. */
export interface Finding {
  readonly kind: 'failed' | 'progressing' | 'stalled';
  readonly cause: Cause;
  readonly since?: string;
  readonly evidence?: Evidence;
}

/**
 * - `failed`: waiting does not help, the user has to change something
 * - `stalled`: nothing moves, but something outside may yet help (a node, a quota)
 * - `progressing`: on its way, or nothing to be seen that speaks against it
 */
export interface Verdict {
  readonly kind: 'failed' | 'progressing' | 'stalled';
  readonly cause: Cause;
  /** Since when, in the cluster's time, RFC 3339; empty when the cluster does not say. */
  readonly since: string;
  readonly evidence: Evidence;
  /** The pods of the newest template. */
  readonly pods: readonly PodState[];
}
