import type { Problem } from '../errors/problem';
import { type KubeObject, keyOf } from '../kube/object';
import { commit } from './commit';
import { removeTemporary } from './gate/temporary';
import { bounded } from './model/stream';
import type { Journal, JournalStep } from './record/record';
import type { Session } from './record/session';
import { touchesSecrets } from './record/store';
import { removeAll } from './remove';
import { undo, whatIsLeft } from './undo';
import { gone } from './write';

/**
 * Settles what an interrupted process has left, from its journal: a release that was ready is finished, any other one undone.
 * Can itself be interrupted at any moment and be done again. `own`: it is this process's own journal, so nobody has been interrupted.
 */
export async function recover(session: Session, own = false): Promise<readonly Problem[]> {
  const { journal } = session.head;
  if (journal === undefined) return [];
  const { revision, phase } = journal;
  const how = phase === 'finish' ? 'finish' : 'rollback';
  if (!own) session.run.emit({ type: 'recovering', revision: revision.revision, by: revision.by, how });
  await removeTemporary(session, journal);
  if (phase === 'finish') return finish(session, journal);
  await takeBack(session, journal);
  return [];
}

/** Returns the deletions that were refused: the revision then says what is left, and the release can go on being used. */
async function finish(session: Session, { revision, steps }: Journal): Promise<readonly Problem[]> {
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
  await bounded(deleted, 32, ({ live }) => gone(session, live));
  await session.destroy();
  return [];
}

async function takeBack(session: Session, journal: Journal): Promise<void> {
  const aside = touchesSecrets(journal) ? await session.store.aside() : [];
  const undone = await undo(
    session,
    journal.steps.map((step) => withSecret(step, aside)),
  );
  const state = undone.left.length > 0 ? 'failed' : 'rolled-back';
  const message = 'the process that released it ended in the middle';
  const remedy = 'What it had written was put back by the next run.';
  const problem = { code: 'INTERRUPTED', subject: session.store.release, message, remedy } as const;
  const failure = { problem, events: [], logs: [] };
  await commit(session, { ...journal.revision, state, failure, ...whatIsLeft(undone) }, session.head.kinds);
}

/** The step with the Secret's values, which are not in the journal. */
function withSecret(step: JournalStep, aside: readonly KubeObject[]): JournalStep {
  const { object, before } = step;
  if (before === undefined || object.kind !== 'Secret') return step;
  const full = aside.find((secret) => keyOf(secret) === keyOf(before));
  return full ? { ...step, before: full } : step;
}
