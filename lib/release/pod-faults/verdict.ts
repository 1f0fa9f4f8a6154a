import type { PodState } from '../model/pod-state';
import { creationFault } from './creation-fault';
import { eventsByUid } from './evidence';
import type { Finding, Verdict, VerdictInput } from './finding';
import { groupFault, groupSizeFault } from './group-fault';
import { generations } from './new-pods';
import { podFault } from './pod-fault';
import { podState } from './pod-state';

export type { Evidence } from './evidence';

/**
 * Judges early whether a workload can still become ready, only from the pods of its newest template and their events.
 * `status` reports whether it is already ready.
 */
export function verdict(input: VerdictInput): Verdict {
  const { workload, pods, replicaSets, events, now, appliedAt = 0, schedulingMs = 30_000, quotaMs = 10_000 } = input;
  // A Job sets its own failure limit, and its status reports when that was exceeded.
  const crashes = workload.kind === 'Job' ? Number.POSITIVE_INFINITY : (input.crashes ?? 2);
  const limits = { now, appliedAt, crashes, schedulingMs, quotaMs };
  const made = generations(workload, pods, replicaSets);
  if (!made.known)
    return complete({
      kind: 'progressing',
      cause: { reason: 'NotObserved', message: 'Its controller has not observed it yet' },
    });
  const creation = creationFault(workload, made, events, limits);
  const byUid = eventsByUid(events);
  const looked = made.fresh.map((pod) => {
    const { name, uid } = pod.metadata;
    return { name, fault: podFault(pod, uid === undefined ? events : (byUid.get(uid) ?? []), limits) };
  });
  const faults = looked.flatMap(({ fault }) => fault ?? []);
  const states = looked.map(({ name, fault }) => podState(name, fault));
  const groups = [groupFault(workload, events, limits), groupSizeFault(workload, pods, limits)].flatMap((one) => one ?? []);
  const findings = [...(creation === undefined ? [] : [creation]), ...groups, ...faults];
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

/** Specific findings first, then the earliest. */
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
