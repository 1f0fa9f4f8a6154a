import { failureOf } from './model/failure';
import type { KindPlace } from './model/record';
import type { Revision } from './model/revision';
import type { Session } from './record/session';
import type { Shortened } from './record/superseded';

const HISTORY_LIMIT = 10;

/**
 * Ends the work in progress: adds the revision to history and removes the journal, in one compare-and-swap. Afterwards removes
 * whatever nothing refers to any more.
 */
export async function commit(
  session: Session,
  revision: Revision,
  kinds: readonly KindPlace[],
  historyLimit = HISTORY_LIMIT,
  shortened?: Shortened,
): Promise<void> {
  const { head } = session;
  const earlier = head.revisions.filter((one) => one.revision !== revision.revision);
  const ended = { ...revision, ...withShortTexts(revision) };
  const settled = revision.state === 'deployed' ? earlier.map((one) => superseded(one, shortened)) : earlier;
  const revisions = prune([...settled, ended], historyLimit);
  // Under the lock no other process adds parts, so they can be listed while the head is written.
  const parts = session.store.parts();
  parts.catch(() => undefined);
  await session.settle({ revisions, kinds });
  // The revision is committed; whatever cannot be swept now is swept by the next commit.
  await sweep(session, parts).catch((error: unknown) => void failureOf(error));
}

const LONGEST_TEXT = 2_000;
const LONGEST_LIST = 200;

/** Texts from a cluster, a log or a gate, cut to fit the record: one API server object holds 1 MiB for all revisions. */
function withShortTexts({ failure, gates, left }: Revision): Partial<Revision> {
  return { gates: cut(gates), ...(failure ? { failure: cut(failure) } : {}), ...(left ? { left: cut(left) } : {}) };
}

function cut<T>(value: T): T;
function cut(value: unknown): unknown {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map((item) => cut<unknown>(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cut<unknown>(inner)]));
}

/** Removes what the record does not refer to: content of pruned revisions or of a process that died, Secrets kept aside. */
async function sweep(session: Session, parts: Promise<readonly string[]>): Promise<void> {
  const { head, store } = session;
  const used = new Set(head.revisions.flatMap(({ content }) => content));
  const unused = (await parts).filter((part) => !used.has(part));
  if (unused.length > 0) await session.write(() => store.drop(unused));
}

function superseded(revision: Revision, shortened: Shortened | undefined): Revision {
  if (revision.state !== 'deployed') return revision;
  const content = shortened?.revision === revision.revision ? shortened.content : revision.content;
  return { ...revision, state: 'superseded', content };
}

/** The newest revisions, plus the deployed one regardless of age. */
function prune(revisions: readonly Revision[], limit: number): readonly Revision[] {
  const newest = new Set(revisions.slice(-Math.max(limit, 1)));
  return revisions.filter((revision) => newest.has(revision) || revision.state === 'deployed');
}
