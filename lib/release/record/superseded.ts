import { ServingError } from '../../errors/problem';
import { deployedOf } from './record';
import type { Session } from './session';

/** From so many objects on it is worth a write: uids and digests do not compress, and take seven eighths of what a revision stores. */
const LARGE = 100;

/** A revision, and where its manifests are by themselves. */
export interface Shortened {
  readonly revision: number;
  readonly content: readonly string[];
}

/**
 * Stores the manifests of the deployed revision without what tells that live objects are still as it left them. That is asked of the
 * deployed revision only, so the manifests are all that has to remain of one that is superseded. Nothing for a small one.
 *
 * @param count how many objects it has
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
