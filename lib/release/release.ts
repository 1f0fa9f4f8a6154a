import { ServingError } from '../errors/problem';
import { keyOfNamed, named } from '../kube/address';
import { withoutSecretValues } from '../kube/hidden-values';
import type { KubeObject } from '../kube/object';
import { displayName, keyOf } from '../kube/object';
import type { Desired } from '../manifests/load';
import { commit } from './commit';
import { GateRunner } from './gate/gate-runner';
import type { ReleaseResult } from './model/events';
import { failureOf, isLost, refuseWhenInterrupted } from './model/failure';
import type { Former } from './model/former';
import { maskFor } from './model/mask';
import type { ReleaseOptions } from './model/options';
import { changesOf, type Plan, type PlannedObject } from './model/plan';
import type { Journal, JournalStep } from './model/record';
import { placeOf, uniquePlaces } from './model/record';
import type { GateEvidence, Revision } from './model/revision';
import { bounded } from './model/stream';
import type { Survey } from './model/survey';
import { type Wave, wavesOf } from './planning/waves';
import { formerRevision, revisionFor } from './record/content';
import { lastFailed } from './record/record';
import { Recorder } from './record/recorder';
import type { Session } from './record/session';
import { type Shortened, shortenDeployed } from './record/superseded';
import { removeAll } from './remove';
import { patienceFor } from './rollout/deadline';
import { eventsSoFar, hasPods } from './rollout/scope';
import { awaited, rollout } from './rollout/wait';
import { Canaries } from './strategy/canaries';
import { type Undone, undo, whatIsLeft } from './undo';
import { writeObject } from './write';

/** Kinds that the API server consults about objects written after them. */
const JUDGES = ['APIService', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

type EventPositions = ReturnType<typeof eventsSoFar>;

/** Maximum number of concurrent writes. */
const PARALLEL = 32;

/** Applies a plan, under the lock: intent, gates, waves, gates, deletions, record. Rolls it back when anything fails. */
export class Release {
  private readonly session: Session;
  private readonly desired: Desired;
  private readonly recorder: Recorder;
  private readonly planned: Plan;
  private readonly options: ReleaseOptions;
  private readonly made: readonly KubeObject[];
  private readonly began: number;
  private readonly gates: GateRunner;
  private readonly canaries: Canaries;
  private readonly evidence: GateEvidence[] = [];
  /** Removes secret values from output of a cluster or a pod. */
  private readonly mask: ReturnType<typeof maskFor>;
  private steps: readonly JournalStep[] = [];
  /** Keys of objects for which a write was sent, whatever its result. */
  private readonly attempted = new Set<string>();
  private revision: Revision;
  /** The shortened record of the previous revision, written during the waves. */
  private shortened: Promise<Shortened | undefined> | undefined;
  /** What another tool released, until it is in history. */
  private readonly former: Former | undefined;

  constructor(
    session: Session,
    survey: Survey,
    planned: Plan,
    options: ReleaseOptions,
    made: readonly KubeObject[],
    of?: number,
  ) {
    [this.session, this.options, this.made] = [session, options, made];
    this.desired = survey.desired;
    this.recorder = new Recorder(survey, new Set(changesOf(planned).map(({ key }) => key)), options);
    this.planned = lastFailed(session.head) || planned.canaries !== undefined ? planned : withoutUnchanged(planned);
    const { host } = session.run;
    this.began = host.uptime();
    const { revisions } = session.head;
    const action = of !== undefined ? 'rollback' : revisions.some(({ state }) => state === 'deployed') ? 'upgrade' : 'install';
    this.former = revisions.some(({ adopted }) => adopted !== undefined && adopted === survey.former?.origin)
      ? undefined
      : survey.former;
    // The adopted revision precedes it in history.
    const number = (revisions.at(-1)?.revision ?? 0) + (this.former === undefined ? 1 : 2);
    const about = { revision: number, action, started: new Date(host.now()).toISOString(), by: host.user } as const;
    this.revision = revisionFor(planned, survey.desired, { ...about, ...(of === undefined ? {} : { of }) });
    const id = host.id();
    this.canaries = new Canaries(session, this.planned, id, this.attempted);
    this.gates = new GateRunner(session, this.planned, id, this.deadline());
    this.mask = maskFor(planned);
  }

  async carryOut(): Promise<ReleaseResult> {
    const { run } = this.session;
    try {
      const position = this.gatesFirst() ? undefined : this.firstPosition();
      await this.intend();
      run.emit({ type: 'started', revision: this.revision.revision, action: this.revision.action });
      await this.judge('before');
      await this.judge('candidate');
      await this.rollOut(position);
      await this.judge('after');
      await this.finish();
      return this.result('succeeded', []);
    } catch (error) {
      return await this.fail(error);
    }
  }

  /** Records the planned writes and the previous state, so that any process can roll them back. */
  private async intend(): Promise<void> {
    const { session, planned, desired } = this;
    // The namespace that holds the record survives a rollback.
    const namespaces = this.made.filter(({ metadata }) => metadata.name !== planned.namespace);
    this.steps = [
      ...namespaces.map((object): JournalStep => ({ action: 'create', object: named(object) })),
      ...changesOf(planned).map(stepOf),
      ...this.canaries.steps(),
    ];
    for (const object of namespaces) this.attempted.add(keyOf(object));
    const steps = this.steps.map((step) => (step.before ? { ...step, before: withoutSecretValues(step.before) } : step));
    const full = this.steps.flatMap(({ before }, index) => (before && steps[index]?.before !== before ? [before] : []));
    const aside = full.length > 0 ? await session.write(() => session.store.keepAside(full)) : undefined;
    const kinds = uniquePlaces([...session.head.kinds, ...desired.objects.map(placeOf)]);
    const temporary = uniquePlaces([...this.gates.places(), ...this.canaries.places()]);
    const journal: Journal = {
      revision: this.revision,
      phase: 'apply',
      ...(await session.write(() => session.store.putSteps(steps))),
      run: this.gates.id,
      temporary,
      ...(aside === undefined ? {} : { aside }),
    };
    await session.save({ journal, kinds });
  }

  private async judge(phase: 'before' | 'candidate' | 'after'): Promise<void> {
    for (const gate of this.planned.gates.filter((one) => one.phase === phase)) {
      refuseWhenInterrupted(this.session.run.signal, this.planned.release);
      const { evidence, error } = await this.gates.run(gate);
      this.evidence.push(evidence);
      if (error) throw error;
    }
  }

  /** Whether gates run before any write. */
  private gatesFirst(): boolean {
    return this.planned.gates.some(({ phase }) => phase !== 'after');
  }

  private waves(): readonly Wave<PlannedObject>[] {
    const writes = changesOf(this.planned).filter((one) => !leaves(one.action) && !this.canaries.owns(one));
    return wavesOf(writes, (planned) => planned.manifest ?? { apiVersion: '', kind: '', metadata: { name: '' } });
  }

  /** The current event positions in the first wave's namespaces, requested while the journal is written. */
  private firstPosition(): EventPositions {
    const found = eventsSoFar(this.session.run.api, manifestsOf(this.waves()[0]?.stages.flat() ?? []));
    found.catch(() => undefined); // handled by the wave
    return found;
  }

  private async rollOut(position: EventPositions | undefined): Promise<void> {
    const { session, canaries } = this;
    const { signal } = session.run;
    await canaries.carryOut(() => this.deadline());
    const { survey } = this.recorder;
    this.shortened = survey && shortenDeployed(session, survey);
    this.shortened?.catch(() => undefined); // handled by finish
    const waves = this.waves();
    const deadline = this.deadline();
    const limits = { release: this.planned.release, ...(deadline === undefined ? {} : { deadline }) };
    for (const [index, { stages }] of waves.entries()) {
      const wave: KubeObject[] = [];
      session.run.emit({ type: 'wave', number: index + 1, of: waves.length, ...aboutWave(stages.flat()) });
      const early = index === 0 ? position : undefined;
      const eventsAfter = await (early ?? eventsSoFar(session.run.api, manifestsOf(stages.flat())));
      for (const stage of stages) {
        refuseWhenInterrupted(signal, this.planned.release);
        await bounded(stage, PARALLEL, async (planned) => {
          refuseWhenInterrupted(signal, this.planned.release);
          wave.push(...(await this.writeOne(planned)));
        });
        this.recorder.recordOthers();
        // CRDs must be ready before later objects, as must webhooks and APIServices, with their workloads.
        const judged = manifestsOf(stage).some(({ kind }) => JUDGES.includes(kind));
        const needed = judged ? wave : wave.filter(({ kind }) => kind === 'CustomResourceDefinition');
        await rollout(session.run, needed, { ...limits, ...(judged ? { eventsAfter } : {}) });
      }
      await rollout(session.run, wave, { ...limits, eventsAfter });
    }
    for (const object of await canaries.retire()) this.recorder.record(object);
    // Objects left by a failed release match the manifests, but may still be failing.
    const unchanged = this.planned.objects.flatMap(({ action, live }) => (action === 'unchanged' && live ? [live] : []));
    if (lastFailed(session.head)) await rollout(session.run, unchanged, limits);
  }

  private async writeOne(planned: PlannedObject): Promise<readonly KubeObject[]> {
    this.attempted.add(planned.key);
    if (planned.heldBy !== undefined) this.attempted.add(keyOf(planned.heldBy));
    const object = await writeObject(this.session, planned, this.deadline());
    if (object === undefined) return [];
    this.recorder.record(object);
    return awaited(object);
  }

  /** All gates passed: no rollback from here. Deletes what the manifests no longer have, then commits the revision. */
  private async finish(): Promise<void> {
    const { session, desired, options } = this;
    if (this.former !== undefined) await this.remember(this.former);
    const content = await session.write(() => session.store.putContent(this.recorder.content()));
    this.revision = { ...this.revision, state: 'deployed', ...this.shown(), content, seconds: this.seconds() };
    const { journal } = session.head;
    const deletions = this.planned.objects.filter(({ action }) => leaves(action));
    if (journal && deletions.length > 0) {
      await session.save({ journal: { ...journal, phase: 'finish', revision: this.revision } });
      for (const { key } of deletions) this.attempted.add(key);
      const refused = await removeAll(
        session,
        deletions.flatMap(({ live, action }) => (live ? { live, action } : [])),
      );
      if (refused.length > 0) throw new ServingError(refused);
    }
    this.revision = { ...this.revision, seconds: this.seconds() };
    await commit(session, this.revision, desired.objects.map(placeOf), options.historyLimit, await this.shortened);
  }

  /** Starts history with the adopted revision. */
  private async remember(former: Former): Promise<void> {
    const { session, revision: own } = this;
    const about = { revision: own.revision - 1, started: own.started, by: own.by };
    const { revision, content } = formerRevision(former, about);
    const parts = await session.write(() => session.store.putContent(content));
    await session.save({ revisions: [...session.head.revisions, { ...revision, content: parts }] });
  }

  private async fail(error: unknown): Promise<ReleaseResult> {
    const { session, options } = this;
    if (isLost(error)) return this.result('interrupted', [failureOf(error).problem]);
    const failure = this.mask(failureOf(error));
    session.run.emit({ type: 'failed', failure });
    try {
      const { journal } = session.head;
      // The next process must not finish a release being rolled back.
      if (journal?.phase === 'finish') await session.save({ journal: { ...journal, phase: 'apply' } });
      const { written } = this.recorder;
      const keep = options.onFailure === 'keep' && written.length > 0;
      const kept = { restored: [], left: written };
      const attempted = this.steps.filter(({ object }) => this.attempted.has(keyOfNamed(object)));
      const undone: Undone = keep ? kept : await undo(session, attempted);
      if (keep) await this.canaries.retire();
      await this.gates.cleanUp();
      await this.canaries.cleanUp();
      const untouched = undone.restored.length === 0 && undone.left.length === 0;
      const rejected = untouched && failure.problem.code === 'GATE_REJECTED';
      const state = undone.left.length > 0 ? 'failed' : rejected ? 'rejected' : 'rolled-back';
      const end = { failure, seconds: this.seconds(), ...whatIsLeft(undone) };
      this.revision = { ...this.revision, state, ...this.shown(), ...end };
      await commit(session, this.revision, session.head.kinds, options.historyLimit);
      const interrupted = failure.problem.code === 'INTERRUPTED' && untouched;
      const outcome = interrupted ? 'interrupted' : state;
      return this.result(outcome, [failure.problem]);
    } catch (second) {
      // The journal still exists: the next process, with a connection and a lock, rolls it back.
      return this.result('interrupted', [failure.problem, failureOf(second).problem]);
    }
  }

  /** When the release must be finished, on the host's monotonic clock; undefined when progress is the only limit. */
  private deadline(): number | undefined {
    return this.options.timeoutMs === undefined ? undefined : this.began + this.options.timeoutMs + this.canaries.heldMs;
  }

  /** Results of gates and canaries so far. */
  private shown(): Pick<Revision, 'gates' | 'canary'> {
    const { evidence: canary } = this.canaries;
    return { gates: this.evidence, ...(canary.length === 0 ? {} : { canary }) };
  }

  private seconds(): number {
    return Math.round((this.session.run.host.uptime() - this.began) / 100) / 10;
  }

  private result(outcome: ReleaseResult['outcome'], problems: ReleaseResult['problems']): ReleaseResult {
    const { release, namespace } = this.planned;
    return { outcome, release, namespace, revision: this.revision, problems };
  }
}

/** A plan without the live state of unchanged objects, which nothing needs any more. */
function withoutUnchanged(planned: Plan): Plan {
  const objects = planned.objects.map(({ live, ...one }) =>
    live === undefined || one.action === 'unchanged' ? one : { ...one, live },
  );
  return { ...planned, objects };
}

/** Whether an action removes an object from the release. */
function leaves(action: PlannedObject['action']): boolean {
  return action === 'delete' || action === 'orphan';
}

function stepOf({ action, manifest, live, takesAlong }: PlannedObject): JournalStep {
  const object = manifest ?? live;
  if (object === undefined || action === 'unchanged' || action === 'conflict' || action === 'refused') {
    throw new Error(`a plan with problems is not carried out: ${action}`);
  }
  return { action, object: named(object), ...(live ? { before: live } : {}), ...(takesAlong ? { takesAlong } : {}) };
}

function manifestsOf(planned: readonly PlannedObject[]): readonly KubeObject[] {
  return planned.flatMap(({ manifest }) => manifest ?? []);
}

/** The objects of a wave, and how long to wait for them. */
function aboutWave(wave: readonly PlannedObject[]): { readonly objects: readonly string[]; readonly patienceMs?: number } {
  const objects = manifestsOf(wave);
  const workloads = objects.filter(hasPods);
  const names = objects.map(displayName);
  return workloads.length === 0 ? { objects: names } : { objects: names, patienceMs: Math.max(...workloads.map(patienceFor)) };
}
