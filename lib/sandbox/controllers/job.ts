import { Failure } from '../../api-schema/failure';
import { objAt, objsAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { judgePod } from './job-policy';
import { conditionOf, controllerKey, controllerReference, isDeleting, type Kit, withCondition } from './kit';
import { hasEnded, isActive, isReady, podFrom } from './pods';
import type { Controller } from './runtime';

const BACKOFF_MS = 10_000;
const MAX_BACKOFF_MS = 600_000;

interface Tally {
  readonly succeeded: Set<string>;
  readonly failed: Set<string>;
  readonly seen: Map<string, Obj>;
  lastFailure: number;
  startedAt: number;
}

/** Runs Jobs to completion: retries with backoff, deadline, failure policy, and cleanup after their TTL. */
export class Jobs implements Controller {
  private readonly kit: Kit;
  private readonly tallies = new Map<string, Tally>();

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type }: Change): Iterable<string> {
    if (kind.kind === 'Job' && type !== 'DELETED') yield keyOf(object);
    if (kind.kind === 'Job' && type === 'DELETED') this.tallies.delete(textOrEmpty(object, 'metadata', 'uid'));
    const owner = kind.kind === 'Pod' ? controllerKey(object, 'Job') : undefined;
    if (owner !== undefined) yield owner;
  }

  reconcile(key: string): number | undefined {
    const { kit } = this;
    const kind = kit.kind('batch/v1', 'Job');
    const job = kit.get(kind, key);
    if (job === undefined || isDeleting(job)) return undefined;
    if (hasFinished(job)) return this.expire(job);
    const pods = kit.owned(job, 'Pod');
    const tally = this.count(job, pods);
    const spec = objAt(job, 'spec');
    const now = kit.world.clock.now();
    if (spec.suspend === true) return this.suspend(job, pods);
    const verdict = this.verdict(job, pods, tally, now);
    if (verdict !== undefined) return this.end(job, pods, tally, verdict);

    const active = pods.filter(isActive);
    const left = (numberAt(spec, 'completions') ?? Number.POSITIVE_INFINITY) - tally.succeeded.size;
    const wanted = Math.min(numberAt(spec, 'parallelism') ?? 1, left);
    const pause = this.backoff(tally, now);
    const waitsForEnd =
      textOrEmpty(spec, 'podReplacementPolicy') === 'Failed' && pods.some((pod) => isDeleting(pod) && !hasEnded(pod));
    if (active.length < wanted && pause <= 0 && !waitsForEnd) this.start(job, wanted - active.length);
    for (const pod of active.slice(Math.max(0, wanted))) kit.remove(kit.kind('v1', 'Pod'), pod);
    this.report(job, tally, {});
    const deadline = numberAt(spec, 'activeDeadlineSeconds');
    const waits = [
      active.length < wanted && pause > 0 ? pause : undefined,
      deadline === undefined ? undefined : tally.startedAt + deadline * 1000 - now,
    ];
    const known = waits.filter((wait) => wait !== undefined);
    return known.length === 0 ? undefined : Math.max(1, Math.min(...known));
  }

  private count(job: Obj, pods: readonly Obj[]): Tally {
    const uid = textOrEmpty(job, 'metadata', 'uid');
    const now = this.kit.world.clock.now();
    const tally = this.tallies.get(uid) ?? {
      succeeded: new Set(),
      failed: new Set(),
      seen: new Map(),
      lastFailure: 0,
      startedAt: now,
    };
    this.tallies.set(uid, tally);
    const there = new Map(pods.map((pod) => [textOrEmpty(pod, 'metadata', 'uid'), pod]));
    const fail = (id: string) => {
      if (tally.failed.has(id)) return;
      tally.failed.add(id);
      tally.lastFailure = now;
    };
    for (const [id, pod] of tally.seen) if (!there.has(id) && !hasEnded(pod)) fail(id);
    for (const [id, pod] of there) {
      tally.seen.set(id, pod);
      if (textOrEmpty(pod, 'status', 'phase') === 'Succeeded') tally.succeeded.add(id);
      else if (textOrEmpty(pod, 'status', 'phase') === 'Failed' && judgePod(job, pod).action !== 'Ignore') fail(id);
    }
    for (const id of [...tally.seen.keys()]) if (!there.has(id)) tally.seen.delete(id);
    return tally;
  }

  private verdict(job: Obj, pods: readonly Obj[], tally: Tally, now: number): Verdict | undefined {
    const spec = objAt(job, 'spec');
    for (const pod of pods) {
      const judged = textOrEmpty(pod, 'status', 'phase') === 'Failed' ? judgePod(job, pod) : undefined;
      if (judged?.action === 'FailJob') return { failed: true, reason: 'PodFailurePolicy', message: judged.message };
    }
    const restarts = pods.reduce(
      (sum, pod) =>
        sum + objsAt(pod, 'status', 'containerStatuses').reduce((n, entry) => n + (numberAt(entry, 'restartCount') ?? 0), 0),
      0,
    );
    const onFailure = textOrEmpty(spec, 'template', 'spec', 'restartPolicy') === 'OnFailure';
    const limit = numberAt(spec, 'backoffLimit') ?? 6;
    if (tally.failed.size > limit || (onFailure && restarts > 0 && restarts >= limit)) {
      return { failed: true, reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
    }
    const deadline = numberAt(spec, 'activeDeadlineSeconds');
    if (deadline !== undefined && now - tally.startedAt >= deadline * 1000) {
      return { failed: true, reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
    }
    const completions = numberAt(spec, 'completions');
    const enough =
      completions === undefined ? tally.succeeded.size > 0 && !pods.some(isActive) : tally.succeeded.size >= completions;
    return enough
      ? { failed: false, reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
      : undefined;
  }

  /** Sets first the pending result, then, once its pods are gone, the final one. */
  private end(job: Obj, pods: readonly Obj[], tally: Tally, verdict: Verdict): number | undefined {
    const { kit } = this;
    const running = pods.filter((pod) => !hasEnded(pod));
    for (const pod of running) if (!isDeleting(pod)) kit.remove(kit.kind('v1', 'Pod'), pod);
    const { failed, reason, message } = verdict;
    const target = { type: failed ? 'FailureTarget' : 'SuccessCriteriaMet', status: 'True', reason, message };
    const final = { type: failed ? 'Failed' : 'Complete', status: 'True', reason, message };
    const now = kit.world.now();
    let conditions = withCondition(objsAt(job, 'status', 'conditions'), target, now, { lastProbeTime: now });
    const over = running.length === 0;
    if (over) conditions = withCondition(conditions, final, now, { lastProbeTime: now });
    const ended = this.report(job, tally, { conditions, ...(over && !failed ? { completionTime: now } : {}) });
    if (!over) return undefined;
    kit.event(
      job,
      failed ? 'Warning' : 'Normal',
      failed ? reason : 'Completed',
      failed ? message : 'Job completed',
      'job-controller',
    );
    return this.expire(ended);
  }

  private report(job: Obj, tally: Tally, more: Obj): Obj {
    const { kit } = this;
    const pods = kit.owned(job, 'Pod');
    const some = (n: number) => (n === 0 ? undefined : n);
    const active = pods.filter(isActive);
    return kit.status(kit.kind('batch/v1', 'Job'), job, {
      ...objAt(job, 'status'),
      startTime: objAt(job, 'status').startTime ?? kit.world.now(),
      active: some(active.length),
      ready: active.filter(isReady).length,
      succeeded: some(tally.succeeded.size),
      failed: some(tally.failed.size),
      terminating: pods.filter((pod) => isDeleting(pod) && !hasEnded(pod)).length,
      uncountedTerminatedPods: {},
      ...more,
    });
  }

  private start(job: Obj, count: number): void {
    const { kit } = this;
    const name = textOrEmpty(job, 'metadata', 'name');
    const metadata = {
      generateName: `${name}-`,
      namespace: textOrEmpty(job, 'metadata', 'namespace'),
      ownerReferences: [controllerReference(job)],
    };
    for (let i = 0; i < count; i++) {
      try {
        const pod = kit.create(kit.kind('v1', 'Pod'), podFrom(objAt(job, 'spec', 'template'), metadata));
        kit.event(job, 'Normal', 'SuccessfulCreate', `Created pod: ${textOrEmpty(pod, 'metadata', 'name')}`, 'job-controller');
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        kit.event(job, 'Warning', 'FailedCreate', `Error creating: ${error.message}`, 'job-controller');
        return;
      }
    }
  }

  private suspend(job: Obj, pods: readonly Obj[]): undefined {
    const { kit } = this;
    for (const pod of pods.filter(isActive)) kit.remove(kit.kind('v1', 'Pod'), pod);
    const condition = { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' };
    const now = kit.world.now();
    const conditions = withCondition(objsAt(job, 'status', 'conditions'), condition, now, { lastProbeTime: now });
    kit.status(kit.kind('batch/v1', 'Job'), job, {
      ...objAt(job, 'status'),
      startTime: undefined,
      active: undefined,
      ready: 0,
      terminating: 0,
      uncountedTerminatedPods: {},
      conditions,
    });
  }

  /** 10 s after the first failure, then doubled each time. */
  private backoff(tally: Tally, now: number): number {
    const { size } = tally.failed;
    return size === 0 ? 0 : tally.lastFailure + Math.min(BACKOFF_MS * 2 ** (size - 1), MAX_BACKOFF_MS) - now;
  }

  private expire(job: Obj): number | undefined {
    const { kit } = this;
    const ttl = numberAt(job, 'spec', 'ttlSecondsAfterFinished');
    if (ttl === undefined) return undefined;
    const finished = conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed');
    const left = Date.parse(textOrEmpty(finished, 'lastTransitionTime')) + ttl * 1000 - kit.world.clock.now();
    if (left > 0) return left;
    kit.remove(kit.kind('batch/v1', 'Job'), job);
    return undefined;
  }
}

interface Verdict {
  readonly failed: boolean;
  readonly reason: string;
  readonly message: string;
}

const hasFinished = (job: Obj): boolean => ['Complete', 'Failed'].some((type) => conditionOf(job, type)?.status === 'True');
