import type { KubeObject } from '../../kube/object';
import type { PodState } from '../model/pod-state';
import type { Evidence } from './evidence';

/** Input for a verdict: all watched objects related to one workload. */
export interface VerdictInput {
  /** A Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or Pod. */
  readonly workload: KubeObject;
  /** Any pods; those of other workloads or older templates are ignored. */
  readonly pods: readonly KubeObject[];
  /** Any ReplicaSets; only a Deployment needs its own. */
  readonly replicaSets: readonly KubeObject[];
  /** Any events (`v1 Event`). */
  readonly events: readonly KubeObject[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When the workload was applied, in the API server's time; earlier events of its controller are ignored. @default 0 */
  readonly appliedAt?: number;
  /** How many failures of a container make a crash loop. @default 2 */
  readonly crashes?: number;
  /** How long a pod may wait for a node, when none is on its way, before it is `stalled`, in milliseconds. @default 30000 */
  readonly schedulingMs?: number;
  /** How long a quota may block while old pods still release resources, in milliseconds. @default 10000 */
  readonly quotaMs?: number;
}

/** The numbers of the input, with defaults. */
export type Limits = Required<Pick<VerdictInput, 'now' | 'appliedAt' | 'crashes' | 'schedulingMs' | 'quotaMs'>>;

/** The reason as one word for machines, and as one sentence of facts. */
export interface Cause {
  /** `ImageNotFound`, `CrashLoop`, `OOMKilled`, `ConfigError`, `QuotaExceeded`, `Unschedulable`, `PullingImage`, … */
  readonly reason: string;
  readonly message: string;
}

/** The state of one pod or controller. */
export interface Finding {
  readonly kind: 'failed' | 'progressing' | 'stalled';
  readonly cause: Cause;
  readonly since?: string;
  readonly evidence?: Evidence;
}

/**
 * - `failed`: waiting does not help, the user must change something
 * - `stalled`: no progress, but something outside may still help (a node, a quota)
 * - `progressing`: on its way, or no sign of a problem
 */
export interface Verdict {
  readonly kind: 'failed' | 'progressing' | 'stalled';
  readonly cause: Cause;
  /** When it started, in the cluster's time, RFC 3339; empty when the cluster does not report it. */
  readonly since: string;
  readonly evidence: Evidence;
  /** The pods of the newest template. */
  readonly pods: readonly PodState[];
}
