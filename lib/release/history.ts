import { type Problem, ServingError } from '../errors/problem';
import type { KubeObject } from '../kube/object';
import type { Engine } from './model/engine';
import type { Head } from './model/record';
import type { Revision } from './model/revision';
import { headOf, PART_LABEL, RECORD_LABEL, Store } from './record/store';

/** Records are up to 1 MiB each. */
const PAGE = 20;

/** The name of a release, and the namespace of its record. */
export interface ReleaseName {
  /** Name of the release, as in the release label. */
  readonly release: string;
  /** The namespace of its record. */
  readonly namespace: string;
}

/** The recorded revisions of a release, oldest first. Throws when there is no such release. */
export async function history(engine: Engine, name: ReleaseName): Promise<readonly Revision[]> {
  return (await readHead(engine, name)).revisions;
}

/** The record of a release that must exist. */
export async function readHead(engine: Engine, { release, namespace }: ReleaseName): Promise<Head> {
  const stored = await new Store(engine, release, namespace).head();
  if (stored === undefined) throw new ServingError([unknownRelease({ release, namespace })]);
  return stored.head;
}

/** The problem of a release without a record. */
export function unknownRelease({ release, namespace }: ReleaseName): Problem {
  const message = `there is no release of this name in the namespace ${namespace}`;
  return { code: 'RELEASE_UNKNOWN', subject: release, message, remedy: 'Look with `list`, or give --namespace.' };
}

/** The releases found, and the records that could not be read. */
export interface Listed {
  /** The readable records. */
  readonly heads: readonly Head[];
  /** One problem per record that is damaged, belongs to another release, or is not signed. */
  readonly problems: readonly Problem[];
}

/** All releases in a namespace, or in all namespaces. An unreadable record does not hide the others. */
export async function list({ api, signer }: Engine, namespace?: string): Promise<Listed> {
  const place = { apiVersion: 'v1', kind: 'Secret', ...(namespace === undefined ? {} : { namespace }) };
  const heads: Head[] = [];
  const problems: Problem[] = [];
  const read = async (object: KubeObject): Promise<void> => {
    try {
      const { journal, ...head } = await headOf(object, signer);
      // Lists do not show the steps; keeping the previous state of every object would only take memory.
      heads.push(journal === undefined ? head : { ...head, journal: { ...journal, steps: [] } });
    } catch (error) {
      if (!(error instanceof ServingError)) throw error;
      problems.push(...error.problems);
    }
  };
  const selector = { ...place, labelSelector: `${RECORD_LABEL},${PART_LABEL}=head` };
  await api.list(selector, { pageSize: PAGE, each: read });
  return { heads, problems };
}
