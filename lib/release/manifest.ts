import { type Problem, ServingError } from '../errors/problem';
import type { KubeObject } from '../kube/object';
import { type ReleaseName, readHead } from './history';
import type { Engine } from './model/engine';
import type { Content, Head } from './model/record';
import type { Revision } from './model/revision';
import { deployedOf } from './record/record';
import { Store } from './record/store';

/** The manifests of a recorded revision, as applied; the record has no Secret values. Default: the deployed revision. */
export async function manifest(engine: Engine, name: ReleaseName, revision?: number): Promise<readonly KubeObject[]> {
  const head = await readHead(engine, name);
  const found = revision === undefined ? deployedOf(head) : head.revisions.find((one) => one.revision === revision);
  if (found === undefined) throw new ServingError([unknownRevision(head, revision)]);
  return (await contentOfRevision(engine, head, found)).objects.map((object) => object.manifest);
}

/** The recorded content of a revision. Only revisions that were deployed have manifests. */
export async function contentOfRevision(engine: Engine, head: Head, revision: Revision): Promise<Content> {
  if (revision.content.length === 0) throw new ServingError([unknownRevision(head, revision.revision)]);
  return new Store(engine, head.release, head.namespace).content(revision.content);
}

/** The problem of a revision that cannot be rolled back to. */
export function unknownRevision({ release, revisions }: Head, revision: number | undefined): Problem {
  const there = revisions.filter(({ content }) => content.length > 0).map((one) => one.revision);
  const message = revision === undefined ? 'no earlier revision was deployed' : 'this revision has no manifests in the record';
  const expected = there.length > 0 ? `one of ${there.join(', ')}` : 'a revision that was deployed';
  const got = revision === undefined ? {} : { got: revision };
  return { code: 'REVISION_UNKNOWN', subject: release, message, ...got, expected, remedy: 'Look with `history`.' };
}
