import { isObj, same } from '../../api-schema/json';
import type { StructType } from '../../api-schema/types';
import type { Obj } from '../../kube/fields';
import { compare } from './compare';
import { difference, FieldSet, intersection, union, without } from './field-set';
import { mergeConfig } from './merge';
import { ownedFields, withNamedParents } from './owned';
import { removeFields } from './remove';

/** Field ownership: field sets by manager. */
export type Owners = ReadonlyMap<string, FieldSet>;

/** Fields that another manager would lose. */
export interface Conflict {
  readonly manager: string;
  readonly path: readonly string[];
}

export interface UpdateInput {
  readonly live: Obj;
  readonly type: StructType;
  readonly owners: Owners;
  /** Key of the writing manager. */
  readonly manager: string;
  /** Paths that this request cannot own: `status`, or everything else. */
  readonly ignored: readonly (readonly string[])[];
}

/** Ownership after a plain write: the writer owns what it added or changed; removed fields have no owner. */
export function ownersAfterUpdate(input: UpdateInput, changed: Obj): { readonly owners: Owners; readonly took: boolean } {
  const { live, type, manager, ignored } = input;
  const seen = compare(live, changed, type);
  const taken = without(union(seen.modified, seen.added), ignored);
  const removed = without(seen.removed, ignored);
  const owners = new Map<string, FieldSet>();
  for (const [name, set] of input.owners) owners.set(name, difference(difference(set, taken), removed));
  owners.set(manager, union(owners.get(manager) ?? new FieldSet(), taken));
  return { owners: withoutEmpty(owners), took: !taken.isEmpty() };
}

export interface Applied {
  readonly object: Obj;
  readonly owners: Owners;
  readonly conflicts: readonly Conflict[];
  /** Whether the object has changed. */
  readonly changed: boolean;
}

/** Merges a configuration into the live object, removes what this manager gave up, and finds conflicts. */
export function applyConfig(input: UpdateInput, config: Obj, force: boolean): Applied {
  const { live, type, manager, ignored } = input;
  const before = input.owners.get(manager);
  const named = ownedFields(config, type);
  const owners = new Map(input.owners).set(manager, named);
  const merged = mergeConfig(live, config, type);
  const object = prune(isObj(merged) ? merged : {}, before, owners, type);
  owners.set(manager, without(named, ignored));

  const seen = compare(live, object, type);
  const touched = without(union(seen.modified, seen.added), ignored);
  const removed = without(seen.removed, ignored);
  const conflicts: Conflict[] = [];
  for (const [name, set] of owners) {
    if (name === manager) continue;
    const lost = intersection(set, touched);
    for (const path of lost.paths()) conflicts.push({ manager: name, path });
    owners.set(name, difference(force ? difference(set, lost) : set, removed));
  }
  const changed = !same(live, object); // the order of a list counts too
  return { object, owners: withoutEmpty(owners), conflicts: force ? [] : conflicts, changed };
}

/** Removes what the manager owned before and no longer applies, unless another manager owns it. */
function prune(merged: Obj, before: FieldSet | undefined, owners: Owners, type: StructType): Obj {
  if (before === undefined || before.isEmpty()) return merged;
  const named = (set: FieldSet) => withNamedParents(set, type);
  const asObj = (value: unknown): Obj => (isObj(value) ? value : {});
  const fieldsOf = (value: Obj) => named(ownedFields(value, type));
  let owned = new FieldSet();
  for (const set of owners.values()) owned = union(owned, set);
  const all = fieldsOf(merged);
  const pruned = asObj(removeFields(merged, named(before), type));
  const kept = asObj(removeFields(merged, difference(all, union(fieldsOf(pruned), named(owned))), type));
  // Restores fields below a removed one that this manager never owned.
  return asObj(removeFields(merged, intersection(difference(all, fieldsOf(kept)), named(before)), type));
}

function withoutEmpty(owners: ReadonlyMap<string, FieldSet>): Owners {
  return new Map([...owners].filter(([, set]) => !set.isEmpty()));
}
