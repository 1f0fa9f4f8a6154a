import { listAt, textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { leaderWorkerSetStatus, sizeMessage, wrongGroups } from '../readiness/leader-worker-set';
import { eventsAbout, textOf, timeOf } from './evidence';
import type { Finding, Limits } from './finding';

/** How long a controller may take to replace a group after it has reported its set as updated, in milliseconds. */
const SIZE_MS = 15_000;

/**
 * A group with another size than its set, which the controller reports as updated: it will not replace the group by itself.
 */
export function groupSizeFault(workload: KubeObject, pods: readonly KubeObject[], limits: Limits): Finding | undefined {
  if (workload.kind !== 'LeaderWorkerSet' || leaderWorkerSetStatus(workload).status !== 'Current') return undefined;
  const [wrong] = wrongGroups(workload, pods);
  if (wrong === undefined) return undefined;
  const transitions = listAt(workload, 'status', 'conditions').map((one) => textOrEmpty(one, 'lastTransitionTime'));
  const moments = [...transitions, ...pods.map(({ metadata }) => metadata.creationTimestamp ?? '')].map(Date.parse);
  const since = Math.max(limits.appliedAt, ...moments.filter((time) => Number.isFinite(time)));
  const { leader } = wrong;
  return {
    kind: limits.now - since >= SIZE_MS ? 'failed' : 'progressing',
    cause: { reason: 'GroupSize', message: `${sizeMessage(wrong)}, although its controller reports all groups as updated` },
    since: new Date(since).toISOString(),
    evidence: { events: [], ...(leader === undefined ? {} : { pod: leader }) },
  };
}

/**
 * A multi-node group that is recreated repeatedly because one of its pods fails. Its pods are deleted each time, so none of them
 * ever shows more than one failure: the controller's events count them.
 */
export function groupFault(workload: KubeObject, events: readonly KubeObject[], limits: Limits): Finding | undefined {
  if (workload.kind !== 'LeaderWorkerSet' && workload.kind !== 'DisaggregatedSet') return undefined;
  const { name } = workload.metadata;
  const mine = (event: KubeObject): boolean =>
    textOrEmpty(event, 'involvedObject', 'kind') === 'LeaderWorkerSet' &&
    textOrEmpty(event, 'involvedObject', 'name').startsWith(`${name}-`);
  const about =
    workload.kind === 'LeaderWorkerSet'
      ? eventsAbout(events, workload, limits.appliedAt)
      : events.filter((event) => mine(event) && timeOf(event) >= limits.appliedAt).sort((a, b) => timeOf(b) - timeOf(a));
  const recreated = about.filter((event) => textOrEmpty(event, 'reason') === 'RecreateGroup');
  const [latest] = recreated;
  if (latest === undefined) return undefined;
  return {
    kind: recreated.length >= limits.crashes ? 'failed' : 'progressing',
    cause: { reason: 'CrashLoop', message: `Groups recreated ${recreated.length} times: ${textOrEmpty(latest, 'message')}` },
    since: new Date(timeOf(latest)).toISOString(),
    evidence: { events: recreated.slice(0, 5).map(textOf) },
  };
}
