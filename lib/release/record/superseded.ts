import type { Content } from '../model/record';
import type { Survey } from '../model/survey';
import { deployedOf } from './record';
import type { Session } from './session';

/** Minimum number of objects for the write: uids do not compress, and are more than half of a stored revision. */
const LARGE = 100;

/** A revision, and where its manifests are stored separately. */
export interface Shortened {
  readonly revision: number;
  readonly content: readonly string[];
}

/**
 * Stores the manifests of the deployed revision without the uids, which show whether live objects are still the same ones. Only
 * the deployed revision needs them, so a superseded one keeps only its manifests. Undefined for a small revision, and for one
 * that could not be read.
 */
export async function shortenDeployed(
  session: Session,
  { recorded, gates }: Pick<Survey, 'recorded' | 'gates'>,
): Promise<Shortened | undefined> {
  const { head, store } = session;
  const deployed = deployedOf(head);
  if (deployed === undefined || gates === undefined || recorded.size < LARGE) return undefined;
  const objects = [...recorded.values()].map(({ manifest }) => ({ manifest }));
  const short: Content = { v: 1, objects, gates: gates.map((manifest) => ({ manifest })) };
  const content = await session.write(() => store.putContent(short));
  return { revision: deployed.revision, content };
}
