import type { KubeObject } from '../../kube/object';
import { creationFault } from './creation-fault';
import type { Evidence } from './evidence';
import { groupFault } from './group-fault';
import { generations } from './new-pods';
import { podFault } from './pod-fault';
import { type PodState, podState } from './pod-state';

export type { Evidence } from './evidence';

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
 * - `failed`: waiting longer is of no use, somebody has to change something
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

/**
 * Judges early whether a workload can still become ready, from its newest template's pods and their events alone. Whether it
 * is ready already is what `status` tells.
 */
export function verdict(input: VerdictInput): Verdict {
  const { workload, pods, replicaSets, events, now, appliedAt = 0, schedulingMs = 30_000, quotaMs = 10_000 } = input;
  // How often a Job's pod may fail is in the Job, and its own status says when that was too often.
  const crashes = workload.kind === 'Job' ? Number.POSITIVE_INFINITY : (input.crashes ?? 2);
  const limits = { now, appliedAt, crashes, schedulingMs, quotaMs };
  const made = generations(workload, pods, replicaSets);
  if (!made.known)
    return complete({
      kind: 'progressing',
      cause: { reason: 'NotObserved', message: 'Its controller has not looked at it yet' },
    });
  const creation = creationFault(workload, made, events, limits);
  const looked = made.fresh.map((pod) => ({ name: pod.metadata.name, fault: podFault(pod, events, limits) }));
  const faults = looked.flatMap(({ fault }) => fault ?? []);
  const states = looked.map(({ name, fault }) => podState(name, fault));
  const group = groupFault(workload, events, limits);
  const findings = [...(creation === undefined ? [] : [creation]), ...(group === undefined ? [] : [group]), ...faults];
  for (const kind of ['failed', 'stalled', 'progressing'] as const) {
    const [first, ...more] = findings.filter((finding) => finding.kind === kind).sort(byInterest);
    if (first === undefined) continue;
    const others = more.filter(({ cause }) => cause.reason === first.cause.reason).length;
    const message = others === 0 ? first.cause.message : `${first.cause.message} (pods: ${others + 1}/${made.fresh.length})`;
    return complete({ ...first, cause: { ...first.cause, message } }, states);
  }
  const cause = { reason: 'Waiting', message: `Pods of the new template, all ready: ${made.fresh.length}` };
  return complete({ kind: 'progressing', cause }, states);
}

/** What says more comes first, then what began first. */
function byInterest(a: Finding, b: Finding): number {
  const vague = ({ cause }: Finding): number => (cause.reason === 'Starting' || cause.reason === 'NotReady' ? 1 : 0);
  return vague(a) - vague(b) || (a.since ?? '').localeCompare(b.since ?? '');
}

const complete = ({ since = '', evidence = { events: [] }, ...rest }: Finding, pods: readonly PodState[] = []): Verdict => ({
  ...rest,
  since,
  evidence,
  pods,
});
