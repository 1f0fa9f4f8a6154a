import { isObj, same } from '../../api-schema/json';
import { ANY, type Type } from '../../api-schema/types';
import type { Value } from '../../kube/fields';
import { FieldSet } from './field-set';
import { entryType, itemStep, shapeOf } from './shape';

/** Differences between two objects, by path. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Compares field by field, like server-side apply: an atomic value is one path. */
export function compare(before: Value, after: Value, type: Type): Comparison {
  const result = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  walk(before, after, type, result);
  return result;
}

const size = (value: Value | undefined): number =>
  Array.isArray(value) ? value.length : isObj(value) ? Object.keys(value).length : 0;

function walk(before: Value | undefined, after: Value | undefined, type: Type, result: Comparison): void {
  if (before === undefined && after === undefined) return;
  if (before === after) return;
  const shape = shapeOf(type, after ?? before);
  const leaf = shape.is === 'leaf' || (size(before) === 0 && size(after) === 0);
  if (leaf) {
    if (before === undefined) result.added.self = true;
    else if (after === undefined) result.removed.self = true;
    else if (!same(before, after)) result.modified.self = true;
    return;
  }
  const kids = shape.is === 'fields' ? entries(before, after, shape.type) : items(before, after, shape.type);
  for (const [step, a, b, kind] of kids) {
    if (a === b) continue;
    const added = new FieldSet();
    const modified = new FieldSet();
    const removed = new FieldSet();
    walk(a, b, kind, { added, modified, removed });
    if (added.self || added.kids.size > 0) result.added.kids.set(step, added);
    if (modified.self || modified.kids.size > 0) result.modified.kids.set(step, modified);
    if (removed.self || removed.kids.size > 0) result.removed.kids.set(step, removed);
  }
  if (before === undefined) result.added.self = true;
  else if (after === undefined) result.removed.self = true;
}

type Pair = readonly [step: string, before: Value | undefined, after: Value | undefined, type: Type];

function* entries(before: Value | undefined, after: Value | undefined, type: Parameters<typeof entryType>[0]): Generator<Pair> {
  const a = isObj(before) ? before : {};
  const b = isObj(after) ? after : {};
  for (const name in a) yield [`f:${name}`, a[name], b[name], entryType(type, name)];
  for (const name in b) if (a[name] === undefined) yield [`f:${name}`, undefined, b[name], entryType(type, name)];
}

function* items(before: Value | undefined, after: Value | undefined, type: Parameters<typeof itemStep>[0]): Generator<Pair> {
  const a = index(before, type);
  const b = index(after, type);
  for (const step of new Set([...a.keys(), ...b.keys()])) {
    const [was, is] = [a.get(step) ?? [], b.get(step) ?? []];
    // Items with the same key cannot be told apart, so they count as one.
    if (was.length > 1 || is.length > 1)
      yield [step, was.length === 0 ? undefined : was, is.length === 0 ? undefined : is, ONE_PIECE];
    else yield [step, was[0], is[0], type.item];
  }
}

const ONE_PIECE: Type = { kind: 'list', item: ANY, relation: 'atomic', keys: [] };

function index(list: Value | undefined, type: Parameters<typeof itemStep>[0]): Map<string, Value[]> {
  const found = new Map<string, Value[]>();
  for (const item of Array.isArray(list) ? list : []) {
    const step = itemStep(type, item);
    found.set(step, [...(found.get(step) ?? []), item]);
  }
  return found;
}
