import type { Failure, GateEvidence, PodState, ReleaseEvent, Revision } from '../../release';
import { NamedList } from './roster';

/** Progress of one object in a release. */
export type ObjectState = 'planned' | 'writing' | 'written' | 'waiting' | 'ready' | 'deleted' | 'failed' | 'restored';

/** A pod, with the start of its phase. */
export interface PodProgress extends PodState {
  readonly since: number;
  /** When it was first seen. */
  readonly born: number;
}

/** Current state of one object in a release. */
export interface ObjectProgress {
  readonly name: string;
  readonly state: ObjectState;
  /** Start of this state. */
  readonly since: number;
  /** Message from the cluster; empty if there is none. */
  readonly message: string;
  /** Wave of the object; 0 before it is known, and for deletions. */
  readonly wave: number;
  readonly pods: ReadonlyMap<string, PodProgress>;
}

/** Current state of a gate. */
export interface GateProgress {
  readonly name: string;
  readonly attempt: number;
  readonly began: number;
  readonly ended?: number;
  readonly evidence?: GateEvidence;
  /** Why it must restart. */
  readonly lost?: string;
  /** What keeps its pod, or its candidate's, from starting. */
  readonly pod?: PodState;
}

/** Current activity of a release. */
export type Stage = 'planning' | 'locked' | 'recovering' | 'gate' | 'canary' | 'rollout' | 'rolling-back';

/** State of a running release, from its events. All times are milliseconds of one clock. */
export interface Progress {
  readonly stage: Stage;
  readonly began: number;
  /** Time of the last progress. */
  readonly moved: number;
  /** Total time budget. Default: as long as there is progress. */
  readonly budgetMs?: number;
  /** Maximum time of the current wave without progress. */
  readonly patienceMs?: number;
  readonly release: string;
  readonly namespace: string;
  readonly action?: Revision['action'];
  readonly revision?: number;
  /** Holder of the lock being waited for, or owner of the release being recovered. */
  readonly other?: string;
  readonly wave?: { readonly number: number; readonly of: number };
  readonly objects: NamedList<ObjectProgress>;
  readonly unchanged: number;
  readonly gates: readonly GateProgress[];
  /** Current step of a canary. */
  readonly canary?: CanaryProgress;
  readonly failure?: Failure;
}

/** Current state of a canary step. */
export interface CanaryProgress extends Omit<Extract<ReleaseEvent, { readonly type: 'canary-step' }>, 'type'> {
  readonly since: number;
}

/** State of a release that has just started. */
export function begin(now: number, about: Partial<Pick<Progress, 'budgetMs' | 'release' | 'namespace'>> = {}): Progress {
  const nothing = { objects: new NamedList<ObjectProgress>(), unchanged: 0, gates: [] };
  return { stage: 'planning', began: now, moved: now, release: '', namespace: '', ...nothing, ...about };
}

/** Returns the state after an event at `now`. Pure. */
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
      if (event.gate !== undefined) return { ...next, gates: changedGate(progress, event.gate, { pod: event.pod }, now) };
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
  // A gate is judged without having started if its candidate could not start.
  const known = gates.find((gate) => gate.name === name) ?? { name, attempt: 0, began: now };
  return [...gates.filter((gate) => gate.name !== name), { ...known, ...fields }];
}
