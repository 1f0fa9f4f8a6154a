import { type KubeObject, keyOf } from '../kube/object';
import { commit } from './commit';
import { removeTemporary } from './gate/temporary';
import { bounded } from './model/stream';
import type { Journal, JournalStep } from './record/record';
import type { Session } from './record/session';
import { touchesSecrets } from './record/store';
import { removeAll } from './release';
import { undo, whatIsLeft } from './undo';
import { gone } from './write';

/**
 * Settles what an interrupted process has left, from its journal: a release that was ready is finished, any other one undone.
 * Can itself be interrupted at any moment and be done again. `own`: it is this process's own journal, so nobody has been interrupted.
 */
export async function recover(session: Session, own = false): Promise<void> {
  const { journal } = session.head;
  if (journal === undefined) return;
  const { revision, phase } = journal;
  const how = phase === 'finish' ? 'finish' : 'rollback';
  if (!own) session.run.emit({ type: 'recovering', revision: revision.revision, by: revision.by, how });
  await removeTemporary(session, journal);
  if (phase === 'finish') await finish(session, journal);
  else await takeBack(session, journal);
}

async function finish(session: Session, { revision, steps }: Journal): Promise<void> {
  const objects = steps.flatMap(({ action, before }) => (action === 'delete' && before ? [before] : []));
  await removeAll(session, objects);
  if (revision.action !== 'uninstall') return commit(session, revision, session.head.kinds);
  await bounded(objects, 32, (object) => gone(session, object));
  await session.destroy();
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
