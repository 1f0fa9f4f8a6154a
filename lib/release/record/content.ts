import { MODEL_VERSION_ANNOTATION } from '../../kube/contract';
import { digestOf } from '../../kube/digest';
import { listAt, textAt } from '../../kube/fields';
import { withoutSecretValues } from '../../kube/hidden-values';
import { displayName, type KubeObject, keyOf } from '../../kube/object';
import type { Desired } from '../../manifests/load';
import type { Former } from '../model/former';
import { changesOf, countsOf, type Plan } from '../model/plan';
import type { Content, RecordedObject } from '../model/record';
import type { Revision } from '../model/revision';
import type { Survey } from '../model/survey';
import { isCompleted } from '../ownership/compare';

/** The record of each object of a deployed revision, by key. */
export type Records = ReadonlyMap<string, RecordedObject>;

/** The record of an object as released: its manifest without secret values, and its uid. */
export function recordOf(object: KubeObject, there: KubeObject | undefined): RecordedObject {
  const uid = there?.metadata.uid;
  return { manifest: withoutSecretValues(object), ...(uid === undefined ? {} : { uid }) };
}

/** The records of objects that are not among the written ones: as they were found. */
export function recordsOfOthers({ desired, live, recorded }: Survey, written: ReadonlySet<string>): Records {
  const others = desired.objects.filter((object) => !written.has(keyOf(object)));
  return new Map(
    others.map((object) => {
      const key = keyOf(object);
      const [there, before] = [live.get(key), recorded.get(key)];
      const same = there === undefined && before !== undefined && isCompleted(object, before);
      return [key, same ? before : recordOf(object, there)];
    }),
  );
}

/** The record of a deployed revision. */
export function contentFor(desired: Desired, records: Records): Content {
  const objects = desired.objects.map((object) => records.get(keyOf(object)) ?? recordOf(object, undefined));
  const gates = gateObjects(desired).map((manifest) => ({ manifest: withoutSecretValues(manifest) }));
  return { v: 1, objects, gates };
}

/** The first history entry of a release that another tool made, and its manifests. */
export function formerRevision(
  { origin, desired }: Former,
  about: Pick<Revision, 'revision' | 'started' | 'by'>,
): { readonly revision: Revision; readonly content: Content } {
  const objects = desired.objects.map((manifest): RecordedObject => ({ manifest: withoutSecretValues(manifest) }));
  const gates = gateObjects(desired).map((manifest) => ({ manifest: withoutSecretValues(manifest) }));
  const revision: Revision = {
    ...about,
    action: 'adopt',
    adopted: origin,
    state: 'superseded',
    seconds: 0,
    plan: digestOf(origin),
    changes: { create: 0, change: 0, replace: 0, delete: 0 },
    changed: [],
    versions: versionsOf(desired.objects),
    gates: [],
    content: [],
  };
  return { revision, content: { v: 1, objects, gates } };
}

/** Gate Jobs and their related objects. */
function gateObjects({ gates }: Desired): readonly KubeObject[] {
  return gates.flatMap(({ job, support }) => [job, ...support]);
}

/** The history entry for a plan that is about to be applied. */
export function revisionFor(
  planned: Plan,
  desired: Desired,
  about: Pick<Revision, 'revision' | 'action' | 'started' | 'by'> & { readonly of?: number },
): Revision {
  const objects = changesOf(planned).map(({ manifest, live }) => manifest ?? live);
  const changed = objects.flatMap((object) => (object ? [displayName(object)] : [])).slice(0, 50);
  const counts = { changes: countsOf(planned), changed, versions: versionsOf(desired.objects) };
  const { artifact } = desired;
  const from = artifact === undefined ? {} : { artifact };
  return { ...about, ...from, state: 'rolled-back', seconds: 0, plan: planned.digest, ...counts, gates: [], content: [] };
}

/** Model versions of the workloads, or else the tags of their images. At most three. */
export function versionsOf(objects: readonly KubeObject[]): readonly string[] {
  const said = objects.flatMap(({ metadata }) => metadata.annotations?.[MODEL_VERSION_ANNOTATION] ?? []);
  const tags = objects.flatMap((object) => {
    const [container] = listAt(object, 'spec', 'template', 'spec', 'containers');
    return /:([\w][\w.-]*)(@|$)/.exec(textAt(container, 'image') ?? '')?.[1] ?? [];
  });
  return [...new Set(said.length > 0 ? said : tags)].slice(0, 3);
}
