import { ServingError } from '../../errors/problem';
import { deployedOf } from './record';
import type { Session } from './session';

/** Minimum number of objects for the write: uids and digests do not compress, and are seven eighths of a stored revision. */
const LARGE = 100;

/** A revision, and where its manifests are stored separately. */
export interface Shortened {
  readonly revision: number;
  readonly content: readonly string[];
}

/**
 * Stores the manifests of the deployed revision without the data that shows whether live objects have changed since. Only the
 * deployed revision needs that data, so a superseded one keeps only its manifests. Undefined for a small revision.
 *
 * @param count number of objects in the revision
 */
export async function shortenDeployed(session: Session, count: number): Promise<Shortened | undefined> {
  const { head, store } = session;
  const deployed = deployedOf(head);
  if (deployed === undefined || count < LARGE) return undefined;
  const { objects, ...rest } = await store.content(deployed.content).catch((error: unknown) => {
    if (error instanceof ServingError) return { v: 1 as const, objects: [], gates: [] };
    throw error;
  });
  if (objects.length === 0) return undefined;
  const manifests = objects.map(({ manifest }) => ({ manifest }));
  const content = await session.write(() => store.putContent({ ...rest, objects: manifests }));
  return { revision: deployed.revision, content };
}
