import { textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { eventsAbout, textOf, timeOf } from './evidence';
import type { Finding, Limits } from './finding';

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
