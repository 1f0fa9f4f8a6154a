import { type Cause, conflict, forbiddenField, invalid, invalidValue, MODIFIED } from '../../api-schema/failure';
import { objAt, same } from '../../api-schema/json';
import { refuseMistakes } from '../../api-schema/refusal';
import { applyDefaults } from '../../api-schema/rules/defaults';
import { validateObject } from '../../api-schema/rules/validate';
import type { KindSchema } from '../../api-schema/schema';
import { type Obj, textOrEmpty } from '../../kube/fields';
import type { World } from '../core/world';
import type { WriteContext } from './context';
import { resetStatus } from './create';
import { recordUpdate, sameManagers } from './ownership';
import { admitMutating, allocateService, countTemplates } from './prepare';

/** Kinds that require a resourceVersion for PUT. */
const CONDITIONAL = new Set(['Lease', 'PodDisruptionBudget', 'CustomResourceDefinition', 'APIService']);

/** Stores `next` (just decoded) over `before`. Does not write if nothing differs. `applied` brings its managers along. */
export function updateObject(
  world: World,
  kind: KindSchema,
  before: Obj,
  next: Obj,
  context: WriteContext,
  applied?: Obj[],
): Obj {
  const name = textOrEmpty(before, 'metadata', 'name');
  const old = objAt(before, 'metadata');
  const metadata: Obj = { ...objAt(next, 'metadata') };
  const version = textOrEmpty(metadata, 'resourceVersion');
  if (version === '' && CONDITIONAL.has(kind.kind) && applied === undefined && context.trusted !== true) {
    throw invalid({ ...kind, kind: kind.plural }, name, [
      invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  }
  if (version !== '' && version !== '0' && version !== old.resourceVersion) throw conflict(kind, name, MODIFIED);
  metadata.uid ??= old.uid;
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds']) {
    if (old[field] !== undefined) metadata[field] = old[field];
  }
  for (const field of ['creationTimestamp', 'generation', 'resourceVersion', 'generateName']) {
    if (old[field] === undefined) delete metadata[field];
    else metadata[field] = old[field];
  }
  const object: Obj = context.subresource === 'status' ? statusOnly(before, next, metadata) : { ...next, metadata };
  if (context.trusted !== true) {
    if (context.subresource !== 'status' && kind.subresources.includes('status')) resetStatus(kind, object, before);
    if (kind.kind === 'Service') allocateService(world, objAt(object, 'spec'), objAt(before, 'spec'));
    applyDefaults(kind, object);
    if (context.subresource === '') admitMutating(kind, object);
  }
  const managed = applied ?? recordUpdate(kind, before, object, context, world.now());
  const changedMeta = objAt(object, 'metadata');
  if (managed.length > 0) changedMeta.managedFields = managed;
  else delete changedMeta.managedFields;
  if (kind.kind === 'Service' && objAt(object, 'spec').type === 'ExternalName')
    delete objAt(object, 'spec').internalTrafficPolicy;
  if (kind.kind === 'DaemonSet') countTemplates(before, object);
  if (kind.generation && context.subresource !== 'status' && counts(kind, before, object))
    changedMeta.generation = Number(old.generation ?? 0) + 1;
  if (context.trusted !== true) {
    validateObject(kind, object, before, metadataCauses(kind, old, changedMeta));
    if (context.subresource === '') refuseMistakes(kind, object);
  }
  if (unchanged(before, object)) return context.dryRun ? before : settle(world, kind, before);
  if (context.dryRun) return object;
  const finalizers = changedMeta.finalizers;
  if (changedMeta.deletionTimestamp !== undefined && isEmpty(finalizers) && !isGraceful(kind, changedMeta)) {
    world.store.remove(kind, before); // the final state is the stored one, including its last finalizer
    return object;
  }
  return world.store.put(kind, object);
}

/** For some kinds, the real server stores a new version at the first write, even without a difference. */
export function settle(world: World, kind: KindSchema, object: Obj): Obj {
  return world.unsettled.delete(object) ? world.store.put(kind, object) : object;
}

/** A pod with a grace period is removed when the kubelet has stopped it. */
function isGraceful(kind: KindSchema, metadata: Obj): boolean {
  return (kind.kind === 'Pod' && Number(metadata.deletionGracePeriodSeconds ?? 0) > 0) || kind.kind === 'Namespace';
}

const isEmpty = (list: unknown): boolean => !Array.isArray(list) || list.length === 0;

function statusOnly(before: Obj, next: Obj, metadata: Obj): Obj {
  const kept: Obj = { ...objAt(before, 'metadata') };
  if (metadata.managedFields !== undefined) kept.managedFields = metadata.managedFields;
  for (const field of ['annotations', 'finalizers']) {
    if (metadata[field] === undefined) delete kept[field];
    else kept[field] = metadata[field];
  }
  const result: Obj = { ...before, metadata: kept };
  if (next.status === undefined) delete result.status;
  else result.status = next.status;
  return result;
}

/** Whether a change increments the generation: changes to the spec, and to a Deployment's annotations. */
function counts(kind: KindSchema, before: Obj, after: Obj): boolean {
  if (kind.kind === 'Deployment' && !same(objAt(before, 'metadata', 'annotations'), objAt(after, 'metadata', 'annotations')))
    return true;
  const spec = (object: Obj) =>
    Object.fromEntries(Object.entries(object).filter(([name]) => !['metadata', 'status'].includes(name)));
  return !same(spec(before), spec(after));
}

function unchanged(before: Obj, after: Obj): boolean {
  const body = (object: Obj) => ({ ...object, metadata: { ...objAt(object, 'metadata'), managedFields: null } });
  return (
    same(body(before), body(after)) &&
    sameManagers(objAt(before, 'metadata').managedFields, objAt(after, 'metadata').managedFields)
  );
}

function metadataCauses(kind: KindSchema, before: Obj, after: Obj): Cause[] {
  const twice = (cause: Cause): Cause[] => (kind.kind === 'PodDisruptionBudget' ? [cause] : [cause, cause]); // most kinds check it twice
  if (before.deletionTimestamp === undefined) {
    // Only a DELETE sets these.
    return ['deletionTimestamp', 'deletionGracePeriodSeconds'].flatMap((field) =>
      after[field] === undefined ? [] : twice(invalidValue(`metadata.${field}`, after[field] ?? '', 'field is immutable')),
    );
  }
  const known = Array.isArray(before.finalizers) ? before.finalizers.map(String) : [];
  const wanted = Array.isArray(after.finalizers) ? after.finalizers.map(String) : [];
  const added = [...new Set(wanted.filter((finalizer) => !known.includes(finalizer)))].sort();
  if (added.length === 0) return [];
  const shown = `[]string{${added.map((item) => JSON.stringify(item)).join(', ')}}`;
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`;
  return twice(forbiddenField('metadata.finalizers', why));
}
