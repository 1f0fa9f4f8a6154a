import type { KubeApi } from '../../client/api';
import type { Problem } from '../../errors/problem';
import { listAt, textAt } from '../../kube/fields';
import { isBuiltIn, isClusterScoped, KINDS } from '../../kube/kinds';
import { displayName, type KubeObject, keyOf } from '../../kube/object';
import type { Plan, PlannedObject } from '../model/plan';
import { type KindPlace, placeOf, uniquePlaces } from '../model/record';
import { bounded } from '../model/stream';
import { holdsData } from '../ownership/kept';
import { listed } from '../ownership/listed';
import { named, takesOthers } from './dependents';

const PARALLEL = 8;
/** Kinds whose objects a user may have given an owner. Objects that controllers create, such as pods, are deleted as expected. */
const KINDS_OWNED = KINDS.filter(({ kind }) =>
  [
    ...['ConfigMap', 'Secret', 'PersistentVolumeClaim', 'Service', 'ServiceAccount', 'Ingress'],
    ...['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  ].includes(kind),
);

/** A plan with what the garbage collector deletes along with the owners. Sends no request when nothing is deleted. */
export async function withOwned(api: KubeApi, planned: Plan, pruneData: boolean): Promise<Plan> {
  const going = planned.objects.filter(isGoing);
  const owned = await ownedByThese(
    api,
    going.flatMap(({ live }) => live ?? []),
    planned.objects.flatMap(({ manifest }) => manifest ?? []),
  );
  if (owned.size === 0) return planned;
  const wanted = new Set(planned.objects.flatMap(({ key, manifest }) => (manifest === undefined ? [] : key)));
  const problems = going.flatMap(({ key, live }) => {
    const mine = owned.get(key) ?? [];
    return live === undefined ? [] : refusals(live, mine, wanted, pruneData);
  });
  const refused = new Set(problems.map(({ subject }) => subject));
  const objects = planned.objects.map((object): PlannedObject => {
    const mine = owned.get(object.key);
    if (mine === undefined) return object;
    const action = object.live && refused.has(displayName(object.live)) ? 'refused' : object.action;
    return { ...object, action, takesAlong: [...(object.takesAlong ?? []), ...named(mine, object.live)] };
  });
  return { ...planned, objects, problems: [...planned.problems, ...problems] };
}

/**
 * What the garbage collector deletes once some objects are gone, by the key of the owner among them. An object with another owner
 * stays.
 */
export async function ownedByThese(
  api: KubeApi,
  going: readonly KubeObject[],
  others: readonly KubeObject[] = [],
): Promise<ReadonlyMap<string, readonly KubeObject[]>> {
  const owners = new Map(going.flatMap((object) => (object.metadata.uid === undefined ? [] : [[object.metadata.uid, object]])));
  if (owners.size === 0) return new Map();
  const places = placesFor(going, [...going, ...others]);
  const found = (await bounded(places, PARALLEL, (place) => listed(api, place))).flat();
  const known = new Set(going.map(keyOf));
  const owned = new Map<string, KubeObject[]>();
  // Objects owned by a deleted object are deleted too.
  for (let more = true; more; ) {
    more = false;
    for (const object of found) {
      const [first, ...rest] = listAt(object, 'metadata', 'ownerReferences').map((reference) =>
        owners.get(textAt(reference, 'uid') ?? ''),
      );
      if (first === undefined || rest.includes(undefined) || known.has(keyOf(object)) || isExpected(object)) continue;
      known.add(keyOf(object));
      owned.set(keyOf(first), [...(owned.get(keyOf(first)) ?? []), object]);
      if (object.metadata.uid !== undefined) owners.set(object.metadata.uid, first);
      more = true;
    }
  }
  return owned;
}

/** Whether an owned object holds data that no user agreed to lose: deletions by a StatefulSet are set in its manifest. */
export function isData(object: KubeObject): boolean {
  return holdsData(object) && !listAt(object, 'metadata', 'ownerReferences').some((one) => textAt(one, 'kind') === 'StatefulSet');
}

function isGoing({ action, live }: PlannedObject): boolean {
  return (action === 'delete' || action === 'replace') && live !== undefined && !takesOthers(live);
}

/** The Jobs of a CronJob are part of it, as pods are of a Deployment. */
function isExpected(object: KubeObject): boolean {
  return object.kind === 'Job' && listAt(object, 'metadata', 'ownerReferences').some((one) => textAt(one, 'kind') === 'CronJob');
}

function refusals(
  owner: KubeObject,
  owned: readonly KubeObject[],
  wanted: ReadonlySet<string>,
  pruneData: boolean,
): readonly Problem[] {
  const subject = displayName(owner);
  const needed = owned.filter((object) => wanted.has(keyOf(object)));
  const data = owned.filter(isData);
  const problems: Problem[] = [];
  if (needed.length > 0) {
    const message = 'goes, and is the owner of objects that the manifests still have; the garbage collector deletes those too';
    const remedy = 'Keep it in the manifests, or take it out of the ownerReferences of these objects.';
    problems.push({ code: 'DATA_IN_USE', subject, message, got: named(needed, owner), remedy });
  }
  if (data.length > 0 && !pruneData) {
    const message = 'goes, and its deletion takes along the claims that it owns';
    const remedy = 'Take it out of their ownerReferences to keep them. --prune-data deletes them.';
    problems.push({ code: 'DATA_NEEDS_CONSENT', subject, message, got: named(data, owner), remedy });
  }
  return problems;
}

/** Where owned objects may be: in the namespaces of their owners; in any when one owner is a cluster-scoped custom resource. */
function placesFor(going: readonly KubeObject[], all: readonly KubeObject[]): readonly KindPlace[] {
  const everywhere = going.some((object) => object.metadata.namespace === undefined && !isBuiltIn(object));
  const namespaces = new Set(going.flatMap(({ metadata }) => metadata.namespace ?? []));
  const places = [...KINDS_OWNED, ...all.filter((object) => !isClusterScoped(object) && !isBuiltIn(object)).map(placeOf)];
  const kinds = places.map(({ apiVersion, kind }) => ({ apiVersion, kind }));
  if (everywhere) return uniquePlaces(kinds);
  return uniquePlaces(kinds.flatMap((kind) => [...namespaces].map((namespace) => ({ ...kind, namespace }))));
}
