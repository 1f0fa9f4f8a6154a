import type { Failure, GateEvidence, PodState, ReleaseEvent, Revision } from '../../release';
import { NamedList } from './roster';

/** How far one object of a release is. */
export type ObjectState = 'planned' | 'writing' | 'written' | 'waiting' | 'ready' | 'deleted' | 'failed' | 'restored';

/** A pod, and since when it is in its phase. */
export interface PodProgress extends PodState {
  readonly since: number;
  /** When it was seen first. */
  readonly born: number;
}

/** One object of a release, as it is now. */
export interface ObjectProgress {
  readonly name: string;
  readonly state: ObjectState;
  /** Since when it is in this state. */
  readonly since: number;
  /** What the cluster says of it; empty while there is nothing to say. */
  readonly message: string;
  /** The wave it is written in; 0 before that is known, and for deletions. */
  readonly wave: number;
  readonly pods: ReadonlyMap<string, PodProgress>;
}

/** A gate, as it is now. */
export interface GateProgress {
  readonly name: string;
  readonly attempt: number;
  readonly began: number;
  readonly ended?: number;
  readonly evidence?: GateEvidence;
  /** Why it has to start again. */
  readonly lost?: string;
}

/** What a release is busy with. */
export type Stage = 'planning' | 'locked' | 'recovering' | 'gate' | 'canary' | 'rollout' | 'rolling-back';

/** A release under way, as far as its events have told. All times are milliseconds of one clock. */
export interface Progress {
  readonly stage: Stage;
  readonly began: number;
  /** When something happened last. */
  readonly moved: number;
  /** How long it may take altogether. Default: as long as there is progress. */
  readonly budgetMs?: number;
  /** How long the present wave may go without any progress. */
  readonly patienceMs?: number;
  readonly release: string;
  readonly namespace: string;
  readonly action?: Revision['action'];
  readonly revision?: number;
  /** Who holds the lock that is waited for, or whose release is being settled. */
  readonly other?: string;
  readonly wave?: { readonly number: number; readonly of: number };
  readonly objects: NamedList<ObjectProgress>;
  readonly unchanged: number;
  readonly gates: readonly GateProgress[];
  /** The step of a canary that holds now. */
  readonly canary?: CanaryProgress;
  readonly failure?: Failure;
}

/** A step of a canary, as it is now. */
export interface CanaryProgress extends Omit<Extract<ReleaseEvent, { readonly type: 'canary-step' }>, 'type'> {
  readonly since: number;
}

/** A release that has just been started. */
export function begin(now: number, about: Partial<Pick<Progress, 'budgetMs' | 'release' | 'namespace'>> = {}): Progress {
  const nothing = { objects: new NamedList<ObjectProgress>(), unchanged: 0, gates: [] };
  return { stage: 'planning', began: now, moved: now, release: '', namespace: '', ...nothing, ...about };
}

/** The release after one more event, which came at `now`. Pure. */
export function advance(progress: Progress, event: ReleaseEvent, now: number): Progress {
  const next = { ...progress, moved: now };
  switch (event.type) {
    case 'planned': {
      const { release, namespace, objects } = event.plan;
      const planned = objects.flatMap(({ action, manifest, live }) => {
        const object = manifest ?? live;
        return object === undefined || action === 'unchanged' ? [] : [fresh(`${object.kind}/${object.metadata.name}`, now)];
      });
      const unchanged = objects.length - planned.length;
      return { ...next, release, namespace, unchanged, objects: new NamedList(planned) };
    }
    case 'warning':
      return next;
    case 'waiting-for-lock':
      return { ...next, stage: 'locked', other: event.holder };
    case 'recovering':
      return { ...next, stage: 'recovering', other: event.by };
    case 'started':
      return { ...next, stage: 'rollout', action: event.action, revision: event.revision };
    case 'gate-started': {
      const earlier = progress.gates.filter(({ name }) => name !== event.gate);
      return { ...next, stage: 'gate', gates: [...earlier, { name: event.gate, attempt: event.attempt, began: now }] };
    }
    case 'gate-lost':
      return { ...next, gates: changedGate(progress, event.gate, { lost: event.reason }, now) };
    case 'gate-judged':
      return {
        ...next,
        stage: 'rollout',
        gates: changedGate(progress, event.evidence.name, { evidence: event.evidence, ended: now }, now),
      };
    case 'canary-started':
    case 'canary-command':
    case 'canary-inconclusive':
      return next;
    case 'canary-step':
      return { ...next, stage: 'canary', canary: { ...event, since: now } };
    case 'canary-judged': {
      const { canary: _ended, ...rest } = next;
      return { ...rest, stage: 'rollout' };
    }
    case 'wave': {
      const { number, of, patienceMs } = event;
      const writing = event.objects.map((name): ObjectProgress => ({ ...fresh(name, now), state: 'writing', wave: number }));
      const { patienceMs: _before, ...rest } = next;
      const limit = patienceMs === undefined ? {} : { patienceMs };
      return { ...rest, ...limit, stage: 'rollout', wave: { number, of }, objects: progress.objects.with(...writing) };
    }
    case 'written':
      return change(next, event.object, { state: event.action === 'delete' ? 'deleted' : 'written' }, now);
    case 'progress':
      return change(next, event.object, { state: 'waiting', message: event.message }, now);
    case 'pod': {
      const object = progress.objects.get(event.object) ?? fresh(event.object, now);
      return change(next, event.object, { state: 'waiting', pods: withPod(object, event.pod, now) }, now);
    }
    case 'ready': {
      const pods = progress.objects.get(event.object)?.pods ?? new Map<string, PodProgress>();
      const ready = [...pods.values()].map((pod) =>
        pod.phase === 'ready' ? pod : { ...pod, phase: 'ready' as const, since: now },
      );
      return change(next, event.object, { state: 'ready', message: '', pods: new Map(ready.map((pod) => [pod.name, pod])) }, now);
    }
    case 'failed': {
      const { subject } = event.failure.problem;
      const failed = { ...next, failure: event.failure };
      return progress.objects.has(subject) ? change(failed, subject, { state: 'failed' }, now) : failed;
    }
    case 'rolling-back':
      return event.objects === 0 ? next : { ...next, stage: 'rolling-back' };
    case 'restored':
      return change(next, event.object, { state: 'restored' }, now);
  }
}

function fresh(name: string, now: number): ObjectProgress {
  return { name, state: 'planned', since: now, message: '', wave: 0, pods: new Map() };
}

function change(progress: Progress, name: string, fields: Partial<ObjectProgress>, now: number): Progress {
  const before = progress.objects.get(name) ?? fresh(name, now);
  const same = fields.state === undefined || fields.state === before.state;
  return { ...progress, objects: progress.objects.with({ ...before, ...fields, since: same ? before.since : now }) };
}

function withPod({ pods }: ObjectProgress, state: PodState, now: number): ReadonlyMap<string, PodProgress> {
  const before = pods.get(state.name);
  const since = before?.phase === state.phase ? before.since : now;
  return new Map(pods).set(state.name, { ...state, since, born: before?.born ?? now });
}

function changedGate({ gates }: Progress, name: string, fields: Partial<GateProgress>, now: number): readonly GateProgress[] {
  // A gate whose candidate could not start is judged without having been started.
  const known = gates.find((gate) => gate.name === name) ?? { name, attempt: 0, began: now };
  return [...gates.filter((gate) => gate.name !== name), { ...known, ...fields }];
}
