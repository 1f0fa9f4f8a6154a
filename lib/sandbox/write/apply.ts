import { decode, emptyOf } from '../../api-schema/decode';
import { badRequest, conflict, Failure, MODIFIED } from '../../api-schema/failure';
import { objAt, same } from '../../api-schema/json';
import type { KindSchema } from '../../api-schema/schema';
import { at, type Obj, textOrEmpty } from '../../kube/fields';
import type { World } from '../core/world';
import { printPath } from '../fields/field-set';
import { decodeManaged, encodeManaged, type Managed, managerKey, printManager, sortConflicts } from '../fields/managed-fields';
import { applyConfig, type Conflict } from '../fields/updater';
import { typedPatchError } from '../patch/typed-patch';
import type { WriteContext } from './context';
import { createObject } from './create';
import { recordUpdate, sameManagers, unowned } from './ownership';
import { settle, updateObject } from './update';

export interface ApplyResult {
  readonly object: Obj;
  readonly created: boolean;
}

/** Server-side apply: the manager then owns the fields of `config`; fields that it owned but no longer names are removed. */
export function applyObject(
  world: World,
  kind: KindSchema,
  target: { readonly namespace: string; readonly name: string },
  config: Obj,
  context: WriteContext,
  force: boolean,
): ApplyResult {
  const { namespace, name } = target;
  if (at(config, 'metadata', 'managedFields') !== undefined) throw badRequest('metadata.managedFields must be nil');
  const before = world.store.get(kind, namespace, name);
  const subject = `(${textOrEmpty(config, 'metadata', 'namespace')}/${textOrEmpty(config, 'metadata', 'name')}; ${groupVersion(kind)}, Kind=${kind.kind})`;
  const error = typedPatchError(config, kind.type);
  if (error !== '') throw new Failure(500, '', `failed to create typed patch object ${subject}: ${error}`);
  const version = textOrEmpty(config, 'metadata', 'resourceVersion');
  if (before !== undefined && version !== '' && version !== textOrEmpty(before, 'metadata', 'resourceVersion'))
    throw conflict(kind, name, MODIFIED);

  const managed = managersOf(kind, before, context, world.now());
  const key = managerKey({
    manager: context.manager,
    operation: 'Apply',
    apiVersion: kind.apiVersion,
    subresource: context.subresource,
  });
  const live: Obj = before === undefined ? emptyOf(kind.type) : before;
  const input = { live, type: kind.type, owners: managed.owners, manager: key, ignored: unowned(kind, context.subresource) };
  const result = applyConfig(input, config, force);
  if (result.conflicts.length > 0) throw conflictFailure(result.conflicts);
  const decoded = decode(result.object, kind.type);
  if (decoded.mismatch !== undefined) {
    const why = decoded.mismatch.startsWith('json: cannot unmarshal number')
      ? 'cannot convert float64 to int32'
      : decoded.mismatch;
    const kindName = `${groupVersion(kind)}, Kind=${kind.kind}`;
    throw new Failure(
      500,
      '',
      `failed to convert new object ${subject} to proper version: unable to convert unstructured object to ${kindName}: ${why}`,
    );
  }
  const times = new Map(managed.times);
  if (result.changed || before === undefined) times.set(key, world.now());
  const entries = encodeManaged({ owners: result.owners, times }, kind.apiVersion);
  const next: Obj = { ...decoded.value, apiVersion: kind.apiVersion, kind: kind.kind };
  if (before === undefined) {
    const uid = textOrEmpty(config, 'metadata', 'uid');
    if (uid !== '')
      throw conflict(kind, name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);
    const named = { ...next, metadata: { ...objAt(next, 'metadata'), name, ...(kind.namespaced ? { namespace } : {}) } };
    return { object: createObject(world, kind, named, context, entries), created: true };
  }
  if (!result.changed && sameManagers(entries, objAt(before, 'metadata').managedFields) && same(next.metadata, before.metadata)) {
    return { object: context.dryRun ? before : settle(world, kind, before), created: false };
  }
  return { object: updateObject(world, kind, before, next, context, entries), created: false };
}

/** Field owners; an object without known owners belongs to its writer before the first apply. */
function managersOf(kind: KindSchema, before: Obj | undefined, context: WriteContext, now: string): Managed {
  const entries = before === undefined ? undefined : objAt(before, 'metadata').managedFields;
  const managed = decodeManaged(entries);
  if (before === undefined || managed.owners.size > 0) return managed;
  const former = { ...context, manager: 'before-first-apply', subresource: '' };
  return decodeManaged(recordUpdate(kind, undefined, before, former, now));
}

const groupVersion = (kind: KindSchema): string => (kind.apiVersion.includes('/') ? kind.apiVersion : `/${kind.apiVersion}`);

function conflictFailure(found: readonly Conflict[]): Failure {
  const conflicts = sortConflicts(found).map(({ manager, path }) => ({ manager: printManager(manager), field: printPath(path) }));
  const causes = conflicts.map(({ manager, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field,
  }));
  const [first] = conflicts;
  let text = `conflict with ${first?.manager}: ${first?.field}`;
  if (conflicts.length > 1) {
    const managers = [...new Set(conflicts.map(({ manager }) => manager))];
    const fieldsOf = (wanted: string) => conflicts.filter(({ manager }) => manager === wanted).map(({ field }) => `- ${field}`);
    text = managers.map((manager) => [`conflicts with ${manager}:`, ...fieldsOf(manager)].join('\n')).join('\n');
  }
  const count = `${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}`;
  return new Failure(409, 'Conflict', `Apply failed with ${count}: ${text}`, { causes });
}
