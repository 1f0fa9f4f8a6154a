import type { Problem } from '../../errors/problem';
import { uidOf } from '../../kube/address';
import { digestOf } from '../../kube/digest';
import { listAt } from '../../kube/fields';
import { withoutSecretValues } from '../../kube/hidden-values';
import { displayName, type KubeObject } from '../../kube/object';
import type { Run } from '../model/engine';
import { type Content, type Head, placeOf, type RecordedObject } from '../model/record';
import type { Revision } from '../model/revision';
import { manifestOf, ownedBy } from '../ownership/fields';
import { labelledObjects } from '../ownership/labelled';
import { versionsOf } from './content';
import type { Session } from './session';

/** Writes a record of the live objects. Returns false when the release has none. */
export async function rebuild(session: Session): Promise<boolean> {
  const { run, store } = session;
  const { objects, unread } = await ownedObjects(run, store.release, store.namespace);
  if (objects.length === 0) return false;
  run.emit({ type: 'warning', problem: lostRecord(store.release, objects.length, unread) });
  const content = await session.write(() => store.putContent(contentOfLive(objects)));
  await session.settle(rebuiltHead(run, store, objects, content));
  return true;
}

/** The objects of a release according to their labels and managed fields, and the kinds that could not be listed. */
export async function ownedObjects({ api }: Run, release: string, namespace: string): ReturnType<typeof labelledObjects> {
  const { objects, unread } = await labelledObjects(api, release, namespace);
  return { objects: objects.filter(isMade), unread };
}

/** The content of a revision with exactly these live objects: their fields that this tool owns. */
export function contentOfLive(objects: readonly KubeObject[]): Content {
  const recorded = objects.map((object): RecordedObject => {
    return { manifest: withoutSecretValues(manifestOf(object, ownedBy(object) ?? {})), ...uidOf(object) };
  });
  return { v: 1, objects: recorded, gates: [] };
}

/** The first revision of a record that restarts from the live objects. */
function rebuiltHead(
  { host }: Run,
  name: { readonly release: string; readonly namespace: string },
  objects: readonly KubeObject[],
  content: readonly string[],
): Pick<Head, 'revisions' | 'kinds'> {
  const revision: Revision = {
    revision: 1,
    state: 'deployed',
    action: 'install',
    started: new Date(host.now()).toISOString(),
    seconds: 0,
    by: host.user,
    plan: digestOf(`${name.namespace}/${name.release}`),
    changes: { create: 0, change: 0, replace: 0, delete: 0 },
    changed: objects.map(displayName).slice(0, 50),
    versions: versionsOf(objects),
    gates: [],
    content,
    rebuilt: true,
  };
  const places = objects.map(placeOf);
  return { revisions: [revision], kinds: [...new Map(places.map((place) => [JSON.stringify(place), place])).values()] };
}

/** Reports that a record was lost, and what the new record cannot know. */
function lostRecord(release: string, objects: number, unread: readonly string[]): Problem {
  const message = `the record was lost; ${objects} live objects that carry the release's label and fields are in a new one`;
  const kinds = unread.length === 0 ? '' : ` You may not list ${unread.join(', ')}.`;
  const remedy = `Earlier revisions are unknown. Objects in other namespaces are found by the next apply that names them.${kinds}`;
  return { code: 'RECORD_LOST', subject: release, message, remedy };
}

/** Whether this tool created the object, rather than a controller from another one. */
function isMade(object: KubeObject): boolean {
  return ownedBy(object) !== undefined && listAt(object, 'metadata', 'ownerReferences').length === 0;
}
