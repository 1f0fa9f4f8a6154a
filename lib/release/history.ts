import { type Problem, ServingError } from '../errors/problem';
import type { Engine } from './model/events';
import type { Head, Revision } from './record/record';
import { headOf, PART_LABEL, RECORD_LABEL, Store } from './record/store';

/** A release by name, and where its record is. */
export interface ReleaseName {
  /** The value of the release label. */
  readonly release: string;
  /** The namespace that its record is in. */
  readonly namespace: string;
}

/** The recorded revisions of a release, oldest first. Throws when there is no such release. */
export async function history(engine: Engine, name: ReleaseName): Promise<readonly Revision[]> {
  return (await readHead(engine, name)).revisions;
}

/** The record of a release that has to be there. */
export async function readHead(engine: Engine, { release, namespace }: ReleaseName): Promise<Head> {
  const stored = await new Store(engine.api, release, namespace).head();
  if (stored === undefined) throw new ServingError([unknownRelease({ release, namespace })]);
  return stored.head;
}

/** The problem of a release that nobody has recorded. */
export function unknownRelease({ release, namespace }: ReleaseName): Problem {
  const message = `there is no release of this name in the namespace ${namespace}`;
  return { code: 'RELEASE_UNKNOWN', subject: release, message, remedy: 'Look with `list`, or give --namespace.' };
}

/** All releases in a namespace, or in all of them, with their newest revision. */
export async function list(engine: Engine, namespace?: string): Promise<readonly Head[]> {
  const place = { apiVersion: 'v1', kind: 'Secret', ...(namespace === undefined ? {} : { namespace }) };
  const { items } = await engine.api.list({ ...place, labelSelector: `${RECORD_LABEL},${PART_LABEL}=head` });
  return items.map(headOf);
}
