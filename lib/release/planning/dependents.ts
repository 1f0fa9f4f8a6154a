import type { KubeApi } from '../../client/api';
import type { Problem } from '../../errors/problem';
import { fieldsAt, isFields, listAt, textAt } from '../../kube/fields';
import { KINDS } from '../../kube/kinds';
import { displayName, type KubeObject, keyOf } from '../../kube/object';
import type { Plan } from '../model/plan';
import { type KindPlace, placeOf } from '../model/record';
import { bounded } from '../model/stream';
import { listed } from '../ownership/listed';

/** Maximum number of names listed; the rest is only counted. */
const MOST = 20;
const PARALLEL = 8;
/** Objects that Kubernetes itself puts into every namespace, and the records of releases. */
const EVERYWHERE = /^(ServiceAccount\/default|ConfigMap\/kube-root-ca\.crt|Secret\/cdk8s-serving[.-].*)$/;

/** A plan with what the API server deletes along with CRDs and namespaces. Sends no request when none leaves the release. */
export async function withDependents(api: KubeApi, planned: Plan): Promise<Plan> {
  const leaving = planned.objects.filter(({ action, manifest, live }) => {
    return manifest === undefined && live !== undefined && action !== 'orphan' && takesOthers(live);
  });
  if (leaving.length === 0) return planned;
  const going = planned.objects.flatMap(({ action, live }) => (action === 'delete' && live ? live : []));
  const found = new Map(
    await bounded(leaving, PARALLEL, async ({ key, live }): Promise<[string, readonly string[]]> => {
      return [key, live === undefined ? [] : await dependentsOf(api, live, going)];
    }),
  );
  const bySubject = new Map(leaving.map(({ key, live }) => [live === undefined ? '' : displayName(live), found.get(key) ?? []]));
  const objects = planned.objects.map((object) => {
    const takesAlong = found.get(object.key) ?? [];
    return takesAlong.length === 0 ? object : { ...object, takesAlong };
  });
  const problems = planned.problems.map((problem) => {
    const names = problem.code === 'DATA_NEEDS_CONSENT' ? (bySubject.get(problem.subject) ?? []) : [];
    return names.length === 0 ? problem : { ...problem, got: names };
  });
  return { ...planned, objects, problems };
}

/** Whether the API server deletes other objects along with this one. */
export function takesOthers({ kind }: KubeObject): boolean {
  return kind === 'CustomResourceDefinition' || kind === 'Namespace';
}

/** The objects deleted with a CRD or a namespace, `Widget/w1 in demo`, other than those deleted anyway. */
export async function dependentsOf(api: KubeApi, object: KubeObject, deleted: readonly KubeObject[]): Promise<readonly string[]> {
  const going = new Set([object, ...deleted].map(keyOf));
  const lists = await bounded(placesIn(object, deleted), PARALLEL, (place) => listed(api, place));
  const found = lists.flat().filter((one) => {
    // An object with an owner is deleted with its owner.
    const owned = listAt(one, 'metadata', 'ownerReferences').length > 0;
    return !owned && !going.has(keyOf(one)) && !EVERYWHERE.test(displayName(one));
  });
  return named(found, object);
}

/** The names of objects deleted along with another one, with their namespace where it differs, up to a maximum number. */
export function named(objects: readonly KubeObject[], beside: KubeObject | undefined): readonly string[] {
  const home = beside?.kind === 'Namespace' ? beside.metadata.name : beside?.metadata.namespace;
  const names = objects.map((one) => {
    const { namespace } = one.metadata;
    return namespace === undefined || namespace === home ? displayName(one) : `${displayName(one)} in ${namespace}`;
  });
  const all = [...new Set(names)].sort();
  return all.length > MOST ? [...all.slice(0, MOST), `${all.length - MOST} more`] : all;
}

/** Reports what a deletion also deleted. */
export function othersDeleted(object: KubeObject, names: readonly string[]): Problem {
  const message = 'is deleted, and the cluster deletes what is in it or owned by it';
  const remedy = 'Back up what is still needed.';
  return { code: 'OTHERS_DELETED', subject: displayName(object), message, got: names, remedy };
}

function placesIn(object: KubeObject, others: readonly KubeObject[]): readonly KindPlace[] {
  if (object.kind === 'Namespace') {
    const namespace = object.metadata.name;
    const usual = KINDS.filter(({ namespaced }) => namespaced).map(({ apiVersion, kind }) => ({ apiVersion, kind, namespace }));
    const besides = others.filter((one) => one.metadata.namespace !== undefined).map((one) => ({ ...placeOf(one), namespace }));
    return [...new Map([...usual, ...besides].map((place) => [`${place.apiVersion}/${place.kind}`, place])).values()];
  }
  const group = textAt(object, 'spec', 'group') ?? '';
  const kind = textAt(object, 'spec', 'names', 'kind') ?? '';
  const version = listAt(object, 'spec', 'versions').find((one) => isFields(one) && fieldsAt(one).served === true);
  return [{ apiVersion: `${group}/${textAt(version, 'name') ?? ''}`, kind }];
}
