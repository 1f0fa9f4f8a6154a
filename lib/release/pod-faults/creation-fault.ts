import { textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { condition } from '../readiness/fields';
import { eventsAbout, textOf, timeOf } from './evidence';
import type { Finding, Limits } from './finding';
import type { Generations } from './new-pods';

/** Why a workload's controller cannot create pods at all: quota, Pod Security, a webhook. */
export function creationFault(
  workload: KubeObject,
  { replicaSet, fresh, old }: Generations,
  events: readonly KubeObject[],
  limits: Limits,
): Finding | undefined {
  // For a Deployment, its new ReplicaSet reports this, and clears the condition on success.
  const maker = replicaSet ?? workload;
  const failure = condition(maker, 'ReplicaFailure');
  const about = eventsAbout(events, maker, limits.appliedAt).filter((event) => textOrEmpty(event, 'reason') === 'FailedCreate');
  const latest = about[0];
  const told =
    maker.kind === 'ReplicaSet'
      ? failure?.status === 'True'
        ? failure.message
        : undefined
      : latest && textOrEmpty(latest, 'message');
  if (told === undefined || (maker.kind !== 'ReplicaSet' && fresh.length > 0)) return undefined;
  const since = failure?.since || (latest === undefined ? '' : new Date(timeOf(latest)).toISOString());
  const evidence = { events: about.slice(0, 5).map(textOf) };
  const quota = /exceeded quota/i.test(told);
  // During a rollout the old pods still hold what the new ones need, and release it as they terminate.
  const waits = quota && old.length > 0 && limits.now - (Date.parse(since) || limits.now) < limits.quotaMs;
  const denied = quota || /forbidden|violates PodSecurity|denied the request|is invalid/i.test(told);
  const reason = quota ? 'QuotaExceeded' : /PodSecurity/.test(told) ? 'PodSecurity' : 'PodsRefused';
  return { kind: denied && !waits ? 'failed' : 'progressing', cause: { reason, message: told }, since, evidence };
}
