import { failureOf } from './model/failure';
import type { KindPlace, Revision } from './record/record';
import type { Session } from './record/session';

const HISTORY_LIMIT = 10;

/**
 * Ends the work under way: the revision is in history, the journal is gone. One compare-and-swap; what nothing refers to any
 * more is removed after it.
 */
export async function commit(
  session: Session,
  revision: Revision,
  kinds: readonly KindPlace[],
  historyLimit = HISTORY_LIMIT,
): Promise<void> {
  const { head } = session;
  const earlier = head.revisions.filter((one) => one.revision !== revision.revision);
  const settled = revision.state === 'deployed' ? earlier.map(supersede) : earlier;
  const revisions = prune([...settled, revision], historyLimit);
  await session.settle({ revisions, kinds });
  // From here it is settled; what cannot be swept now is swept by the next commit.
  await sweep(session).catch((error: unknown) => void failureOf(error));
}

/** Removes what the record does not refer to: content of pruned revisions, of a process that died, Secrets kept aside. */
async function sweep(session: Session): Promise<void> {
  const { head, store } = session;
  const used = new Set(head.revisions.flatMap(({ content }) => content));
  const unused = (await store.parts()).filter((part) => !used.has(part));
  if (unused.length > 0) await session.write(() => store.drop(unused));
}

function supersede(revision: Revision): Revision {
  return revision.state === 'deployed' ? { ...revision, state: 'superseded' } : revision;
}

/** The newest revisions, and the deployed one however old it is. */
function prune(revisions: readonly Revision[], limit: number): readonly Revision[] {
  const newest = new Set(revisions.slice(-Math.max(limit, 1)));
  return revisions.filter((revision) => newest.has(revision) || revision.state === 'deployed');
}
