import { type Problem, ServingError } from '../errors/problem';
import { keyOfNamed } from '../kube/address';
import { type KubeObject, keyOf } from '../kube/object';
import { commit } from './commit';
import { removeTemporary } from './gate/temporary';
import type { Journal, JournalStep } from './model/record';
import { bounded } from './model/stream';
import type { Session } from './record/session';
import { planRecovery, type RecoveryStep } from './recovery/evidence';
import { removeAll, stillThere } from './remove';
import { undo, whatIsLeft } from './undo';
import { notDeleted } from './writing/gone';

/** How long deleted objects may take to disappear before the record is removed. */
const GONE_MS = 60_000;

/** Input for a recovery besides the record. */
export interface RecoveryOptions {
  /** The available manifests. @default - none */
  readonly wanted?: readonly KubeObject[];
  /** Whether the user agrees to steps outside the release's namespace, and to steps that grant permissions. @default false */
  readonly recover?: boolean;
}

/**
 * Recovers an interrupted release from its journal: finishes a release that was ready, and rolls back any other.
 * Can itself be interrupted at any time and repeated. Only objects that live evidence ties to the release are changed.
 * Throws, before any write, when a step needs the user's consent.
 */
export async function recover(session: Session, { wanted = [], recover: agreed = false }: RecoveryOptions = {}): Promise<void> {
  const { run, store, head } = session;
  if (head.journal === undefined) return;
  const journal = { ...head.journal, steps: await store.steps(head.journal) };
  const { revision, phase } = journal;
  const { release, namespace } = store;
  const live = await liveOf(session, journal);
  const evidence = { release, namespace, live, wanted: new Set(wanted.map(keyOf)) };
  const steps = planRecovery(await withValues(session, journal), evidence);
  run.emit({
    type: 'recovering',
    revision: revision.revision,
    by: revision.by,
    how: phase === 'finish' ? 'finish' : 'rollback',
    steps: steps.map(({ step, action, reason }) => {
      return { object: displayed(step), action, ...(reason === undefined ? {} : { reason }) };
    }),
  });
  // A signature proves who wrote the journal; without one, it could be any user who may write Secrets here.
  if (!agreed && run.signer === undefined) refuseWithoutConsent(steps);
  const asked = steps.filter(({ action }) => action !== 'leave').map(({ step }) => step);
  const left = steps.flatMap(({ step, action, reason }) => (action === 'leave' ? [`${displayed(step)}: ${reason}`] : []));
  if (phase === 'apply') return takeBack(session, journal, asked, left);
  await removeTemporary(session, journal);
  await finish(session, journal, asked);
}

/** Finishes the journal that this process has just written. */
export async function finishOwn(session: Session): Promise<readonly Problem[]> {
  const { journal } = session.head;
  return journal === undefined ? [] : finish(session, journal, await session.store.steps(journal));
}

/** Returns the deletions that were refused: the revision then lists what is left, and the release remains usable. */
async function finish(session: Session, { revision }: Journal, steps: readonly JournalStep[]): Promise<readonly Problem[]> {
  const leaving = steps.flatMap(({ action, before }) =>
    (action === 'delete' || action === 'orphan') && before ? [{ live: before, action }] : [],
  );
  const refused = await removeAll(session, leaving);
  const [problem] = refused;
  if (problem !== undefined) {
    const left = refused.map(({ subject, message }) => `${subject}: ${message}`);
    const ending =
      revision.action === 'uninstall' ? ({ state: 'failed', failure: { problem, events: [], logs: [] } } as const) : {};
    await commit(session, { ...revision, ...ending, left }, session.head.kinds);
    return refused;
  }
  if (revision.action !== 'uninstall') {
    await commit(session, revision, session.head.kinds);
    return [];
  }
  const deleted = leaving.filter(({ action }) => action === 'delete');
  const kept = await stillThere(
    session,
    deleted.map(({ live }) => live),
    GONE_MS,
  );
  if (kept.length > 0) throw new ServingError(kept.map(notDeleted));
  await session.destroy();
  return [];
}

async function takeBack(
  session: Session,
  journal: Journal,
  steps: readonly JournalStep[],
  unproved: readonly string[],
): Promise<void> {
  const { restored, left } = await undo(session, steps);
  // After the rollback: traffic must leave a candidate before its pods are deleted.
  await removeTemporary(session, journal);
  const undone = { restored, left: [...left, ...unproved] };
  const state = undone.left.length > 0 ? 'failed' : 'rolled-back';
  const message = 'the process that released it ended in the middle';
  const remedy = 'What it had written was put back by the next run.';
  const problem = { code: 'INTERRUPTED', subject: session.store.release, message, remedy } as const;
  const failure = { problem, events: [], logs: [] };
  await commit(session, { ...journal.revision, state, failure, ...whatIsLeft(undone) }, session.head.kinds);
}

/** The live objects of a journal. */
async function liveOf({ run }: Session, { steps }: Journal): Promise<ReadonlyMap<string, KubeObject>> {
  const found = await bounded(steps, 32, ({ object }) => run.api.get(object));
  return new Map(
    steps.flatMap(({ object }, index) => {
      const live = found[index];
      return live === undefined ? [] : [[keyOfNamed(object), live] as const];
    }),
  );
}

/** The journal with the values that it omits, which are stored next to it. */
async function withValues({ store }: Session, journal: Journal): Promise<Journal> {
  if (journal.aside === undefined) return journal;
  const aside = new Map((await store.aside(journal)).map((secret) => [keyOf(secret), secret]));
  const steps = journal.steps.map((step) => {
    const full = step.before && aside.get(keyOf(step.before));
    return full ? { ...step, before: full } : step;
  });
  return { ...journal, steps };
}

function refuseWithoutConsent(steps: readonly RecoveryStep[]): void {
  const problems = steps.flatMap(({ step, action, consent }) => {
    if (consent === undefined) return [];
    const message = `recovering an interrupted release would ${action} this object, and ${consent}`;
    const remedy = 'Compare it with what was released, then agree with --recover.';
    return [{ code: 'RECOVERY_CONSENT', subject: displayed(step), message, remedy } as const];
  });
  if (problems.length > 0) throw new ServingError(problems);
}

function displayed({ object: { kind, name } }: JournalStep): string {
  return `${kind}/${name}`;
}
