import { isFields, listAt, numberAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject, keyOf } from '../../kube/object';
import type { Run } from '../model/engine';
import { ReleaseError, refuseWhenInterrupted } from '../model/failure';
import type { PodState } from '../model/pod-state';
import type { Verdict, VerdictInput } from '../pod-faults/finding';
import { remedyFor } from '../pod-faults/remedy';
import { verdict } from '../pod-faults/verdict';
import { readinessOf, type Status } from '../readiness';
import { outlivesProgressDeadline, patienceFor } from './deadline';
import { logsOf } from './logs';
import { observe } from './observe';
import { Progress } from './progress';
import { GROUPS, hasPods, watchesFor } from './scope';
import { Sweeps } from './sweeps';
import { type Place, placeKey, type Tables, type View } from './view';

/** A verdict examines all pods of a workload; this interval is short enough. */
const VERDICT_MS = 400;

/** Maximum wait without a deadline, as a multiple of the patience, even with progress. */
const CEILING = 6;

export interface RolloutLimits {
  readonly release: string;
  /** When the whole release must be finished (monotonic clock). @default - six times the longest time without progress */
  readonly deadline?: number;
  /** Ignores events from before this position (`eventsSoFar`), which precede the writes. @default - all events are read */
  readonly eventsAfter?: ReadonlyMap<string, string>;
}

/**
 * Waits until all objects match their manifests and work. Ends early, with cause and evidence, when one of them can no longer
 * succeed; while there is progress, it keeps waiting.
 * @param objects as returned by the API server when they were applied
 */
export async function rollout(run: Run, objects: readonly KubeObject[], limits: RolloutLimits): Promise<void> {
  const open = objects.flatMap(awaited);
  if (open.length === 0) return;
  const wait = new Wait(run, open, limits);
  const failed = await observe(run, watchesFor(open, limits.release, limits.eventsAfter), (view) => wait.look(view));
  if (failed !== 'ready') throw await explain(run, failed);
}

/** What a wait needs of an object as applied; nothing when it is ready. Field managers take half of its memory. */
export function awaited(object: KubeObject): readonly KubeObject[] {
  // Only its pods show whether every group of a LeaderWorkerSet has its size.
  if (object.kind !== 'LeaderWorkerSet' && readinessOf(object).status === 'Current') return [];
  const managedFields = listAt(object, 'metadata', 'managedFields').map((entry) => ({ time: textAt(entry, 'time') }));
  return [{ ...object, metadata: { ...object.metadata, managedFields } }];
}

/** An object that cannot become ready, and why. */
interface HopelessWait {
  readonly object: KubeObject;
  readonly code: 'ROLLOUT_FAILED' | 'ROLLOUT_TIMEOUT';
  readonly message: string;
  readonly verdict: Verdict | undefined;
  readonly pod: KubeObject | undefined;
}

class Wait {
  private readonly pending: Map<string, KubeObject>;
  /** Keys of the pending objects by place, as used by news. */
  private readonly byPlace = new Map<Place, string[]>();
  private readonly run: Run;
  private readonly limits: RolloutLimits;
  private readonly patience: number;
  /** How far the cluster's clock is ahead of the local one, in milliseconds. */
  private readonly skew: number;
  private readonly told = new Map<string, string>();
  /** Keys of objects with news since their last verdict. */
  private readonly unjudged: Set<string>;
  /** The verdict on each pending object if time ran out now. */
  private readonly judgments = new Map<string, HopelessWait>();
  private moved: number;
  private judged = 0;
  private readonly sweeps = new Sweeps();
  private readonly progress = new Progress();
  private readonly ceiling: number;

  constructor(run: Run, open: readonly KubeObject[], limits: RolloutLimits) {
    [this.run, this.limits] = [run, limits];
    this.pending = new Map(open.map((object) => [keyOf(object), object]));
    this.unjudged = new Set(this.pending.keys());
    for (const [key, object] of this.pending) {
      const place = placeKey(object);
      this.byPlace.set(place, [...(this.byPlace.get(place) ?? []), key]);
    }
    this.patience = Math.max(...open.map(patienceFor));
    this.moved = run.host.uptime();
    this.ceiling = this.moved + CEILING * this.patience;
    this.skew = Math.max(...open.map(appliedAt)) - run.host.now();
  }

  look(view: Tables): 'ready' | HopelessWait | undefined {
    refuseWhenInterrupted(this.run.signal, this.limits.release);
    for (const place of view.takeNews()) {
      for (const key of this.byPlace.get(place) ?? []) this.lookAt(key, view);
    }
    if (this.pending.size === 0) return 'ready';
    const now = this.run.host.uptime();
    if (!view.complete || now - this.judged < VERDICT_MS) return undefined;
    this.judged = now;
    return this.judge(view, now);
  }

  private lookAt(key: string, view: View): void {
    const applied = this.pending.get(key);
    if (applied === undefined) return;
    const live = view.find(key) ?? endOf(applied, view);
    this.unjudged.add(key);
    if (live === undefined) return;
    const { status: word, message } = statusSince(live, applied, view);
    if (word === 'Current') {
      this.pending.delete(key);
      this.judgments.delete(key);
      this.moved = this.run.host.uptime();
      this.run.emit({ type: 'ready', object: displayName(applied) });
    } else this.tell(applied, 'status', message);
  }

  /** Judges objects with news, and periodically all: some verdicts depend only on time. */
  private judge(view: View, now: number): HopelessWait | undefined {
    const all = this.sweeps.isDue(now);
    const keys = all ? [...this.pending.keys()] : [...this.unjudged];
    this.unjudged.clear();
    for (const key of keys) {
      const applied = this.pending.get(key);
      const found = applied && this.judgeOne(key, applied, view, now);
      if (found === undefined) continue;
      if (found.code === 'ROLLOUT_FAILED') return found;
      this.judgments.set(key, found);
    }
    if (all) this.sweeps.done(now, this.run.host.uptime());
    const overdue = now > (this.limits.deadline ?? this.ceiling);
    if (!overdue && now - this.moved <= this.patience) return undefined;
    const [first = ''] = this.pending.keys();
    return this.judgments.get(first);
  }

  private judgeOne(key: string, applied: KubeObject, view: View, now: number): HopelessWait {
    const live = view.find(key) ?? endOf(applied, view);
    const around = live && hasPods(live) ? partsOf(live, view) : undefined;
    const time = { now: this.run.host.now() + this.skew, appliedAt: appliedAt(applied) };
    const found = live && around && verdict({ workload: live, ...around, ...time });
    const pod = around?.pods.find(({ metadata }) => metadata.name === found?.evidence.pod);
    const doomed = (code: HopelessWait['code'], message: string): HopelessWait => ({
      object: applied,
      code,
      message,
      verdict: found,
      pod,
    });
    for (const one of found?.pods ?? []) this.tellPod(applied, one);
    if (found?.kind === 'failed') return doomed('ROLLOUT_FAILED', `${found.cause.reason}: ${found.cause.message}`);
    const own = live
      ? statusSince(live, applied, view)
      : { status: 'NotFound', reason: 'NotFound', message: 'it no longer exists' };
    const final = own.reason === 'ProgressDeadlineExceeded' && outlivesProgressDeadline(applied) && found?.kind === 'progressing';
    if (own.status === 'Failed' && !final) return doomed('ROLLOUT_FAILED', `${own.reason}: ${own.message}`);
    // The event with the result of a Job with a TTL may not have arrived yet.
    if (live === undefined) return doomed(goesByItself(applied) ? 'ROLLOUT_TIMEOUT' : 'ROLLOUT_FAILED', own.message);
    if (this.progress.has(live, found?.pods ?? [])) this.moved = now;
    const telling = found && found.cause.reason !== 'Waiting' && found.cause.reason !== 'NotObserved';
    const why = telling ? `${found.cause.reason}: ${found.cause.message}` : own.message;
    if (telling) this.tell(applied, 'verdict', why);
    return doomed('ROLLOUT_TIMEOUT', why);
  }

  private tellPod(object: KubeObject, pod: PodState): void {
    const said = `${pod.phase} ${pod.message}`;
    if (this.told.get(`pod ${pod.name}`) === said) return;
    this.told.set(`pod ${pod.name}`, said);
    this.run.emit({ type: 'pod', object: displayName(object), pod });
  }

  /** Reports a message once, until the same source has a new one. */
  private tell(object: KubeObject, source: string, message: string): void {
    const name = displayName(object);
    if (this.told.get(`${source} ${name}`) === message) return;
    this.told.set(`${source} ${name}`, message);
    this.run.emit({ type: 'progress', object: name, message });
  }
}

/** Input for the verdict on a workload: its ReplicaSets, its pods, and events about all of them. */
function partsOf(workload: KubeObject, view: View): Pick<VerdictInput, 'pods' | 'replicaSets' | 'events'> {
  const replicaSets = view.childrenOf(workload, 'ReplicaSet');
  const groups = view.childrenOf(workload, 'LeaderWorkerSet');
  const pods = [workload, ...replicaSets].flatMap((owner) => view.childrenOf(owner, 'Pod'));
  const events = [workload, ...replicaSets, ...groups, ...pods].flatMap((object) => view.eventsOf(object));
  return { replicaSets, pods, events };
}

/** Whether its controller deletes an object when its work is complete. */
function goesByItself({ kind, spec }: KubeObject): boolean {
  return kind === 'Job' && numberAt(spec, 'ttlSecondsAfterFinished') !== undefined;
}

/** The end of a Job deleted by its TTL: its last state, or from its events. */
function endOf(applied: KubeObject, view: View): KubeObject | undefined {
  if (!goesByItself(applied)) return undefined;
  const last = view.lastOf(keyOf(applied));
  if (last !== undefined && last.metadata.uid === applied.metadata.uid) return last;
  const completed = view
    .eventsOf(applied)
    .some((event) => textAt(event, 'involvedObject', 'uid') === applied.metadata.uid && textAt(event, 'reason') === 'Completed');
  return completed ? { ...applied, status: { conditions: [{ type: 'Complete', status: 'True' }] } } : undefined;
}

/** The status of the applied object, or of its later state: an object with another uid is a different one. */
function statusSince(live: KubeObject, applied: KubeObject, view: View): Status {
  if (live.metadata.uid !== applied.metadata.uid) return readinessOf(undefined);
  const { generation } = applied.metadata;
  const groups = live.kind === 'DisaggregatedSet' ? { groups: view.childrenOf(live, 'LeaderWorkerSet') } : {};
  const context = GROUPS.includes(live.kind) ? { ...groups, pods: view.childrenOf(live, 'Pod') } : {};
  return readinessOf(live, generation === undefined ? context : { generation, ...context });
}

/** When an object was applied, in the API server's time: our own entry in its managedFields. */
function appliedAt(object: KubeObject): number {
  const times = listAt(object, 'metadata', 'managedFields').map((entry) =>
    isFields(entry) ? Date.parse(textAt(entry, 'time') ?? '') : 0,
  );
  return Math.max(0, ...times.filter((time) => Number.isFinite(time)));
}

async function explain(run: Run, { object, code, message, verdict: found, pod }: HopelessWait): Promise<ReleaseError> {
  const crashed = found?.evidence.exitCode !== undefined;
  const logs = pod === undefined || found?.evidence.container === undefined ? [] : await logsOf(run, pod, crashed);
  const remedy =
    code === 'ROLLOUT_TIMEOUT'
      ? 'Give it more time with --timeout, or look at why nothing moves.'
      : remedyFor(found?.kind === 'failed' ? found.cause.reason : '');
  const { since = '', evidence } = found ?? {};
  const { pod: podName, container, exitCode, restarts, events = [] } = evidence ?? {};
  return new ReleaseError(
    { code, subject: displayName(object), message, remedy },
    {
      ...(found === undefined ? {} : { reason: found.cause.reason }),
      ...(since === '' ? {} : { since }),
      ...(podName === undefined ? {} : { pod: podName }),
      ...(container === undefined ? {} : { container }),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(restarts === undefined ? {} : { restarts }),
      events,
      logs,
    },
  );
}
