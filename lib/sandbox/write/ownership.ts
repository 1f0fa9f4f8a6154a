import { emptyOf } from '../../api-schema/decode';
import { objAt, objsAt, same } from '../../api-schema/json';
import type { KindSchema } from '../../api-schema/schema';
import type { Obj, Value } from '../../kube/fields';
import type { FieldSet } from '../fields/field-set';
import { decodeManaged, encodeManaged, managerKey, SYSTEM_FIELDS } from '../fields/managed-fields';
import { ownersAfterUpdate } from '../fields/updater';
import type { WriteContext } from './context';

/** Paths that a request to this subresource cannot own. */
export function unowned(kind: KindSchema, subresource: string): readonly (readonly string[])[] {
  if (subresource === 'status') return [...SYSTEM_FIELDS, ['f:spec'], ['f:metadata', 'f:labels']];
  return kind.subresources.includes('status') ? [...SYSTEM_FIELDS, ['f:status']] : SYSTEM_FIELDS;
}

/** `managedFields` after a plain write of `after` over `before` (undefined for a create). */
export function recordUpdate(kind: KindSchema, before: Obj | undefined, after: Obj, context: WriteContext, now: string): Obj[] {
  const given = objAt(after, 'metadata').managedFields;
  const kept = before === undefined ? undefined : objAt(before, 'metadata').managedFields;
  const managed = decodeManaged(Array.isArray(given) && given.length > 0 ? given : kept);
  const scales = context.subresource === 'scale';
  const ownsReplicas = (set: FieldSet) => set.kids.get('f:spec')?.kids.get('f:replicas')?.self === true;
  const tracked = [...managed.owners.values()].some((set) => !scales || ownsReplicas(set));
  // Fields without known owners stay unowned until the first apply.
  if (before !== undefined && !tracked) return managed.owners.size === 0 ? [] : objsAt(before, 'metadata', 'managedFields');
  const manager = {
    manager: context.manager,
    operation: 'Update' as const,
    apiVersion: kind.apiVersion,
    subresource: context.subresource,
  };
  const key = managerKey(manager);
  const live = before ?? emptyOf(kind.type);
  const ignored = unowned(kind, context.subresource);
  const result = ownersAfterUpdate({ live, type: kind.type, owners: managed.owners, manager: key, ignored }, after);
  const times = new Map(managed.times);
  if (result.took && !scales) times.set(key, now); // the server does not keep it there
  return encodeManaged({ owners: result.owners, times }, kind.apiVersion);
}

/** Whether two lists of managers are equal, except for their times. */
export function sameManagers(a: Value | undefined, b: Value | undefined): boolean {
  return same(timeless(a), timeless(b));
}

function timeless(entries: Value | undefined): Value {
  return Array.isArray(entries) ? entries.map((entry) => ({ ...objAt({ entry }, 'entry'), time: null })) : [];
}
