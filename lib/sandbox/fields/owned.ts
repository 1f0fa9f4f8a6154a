import { isObj } from '../../api-schema/json';
import type { Type } from '../../api-schema/types';
import type { Value } from '../../kube/fields';
import { FieldSet } from './field-set';
import { entryType, isNamedField, itemStep, shapeOf } from './shape';

/** Fields that an applied configuration owns. */
export function ownedFields(value: Value, type: Type): FieldSet {
  const set = new FieldSet();
  collect(value, type, set);
  return set;
}

function collect(value: Value, type: Type, set: FieldSet): void {
  const shape = shapeOf(type, value);
  if (value === null || shape.is === 'leaf') {
    set.self = true;
  } else if (shape.is === 'fields' && isObj(value)) {
    for (const [name, item] of Object.entries(value)) {
      if (item === undefined) continue;
      const kid = set.kid(`f:${name}`);
      collect(item, entryType(shape.type, name), kid);
      const empty = item === null || (isObj(item) && Object.keys(item).length === 0);
      if (empty || !isNamedField(shape.type, name)) kid.self = true;
    }
  } else if (shape.is === 'items' && Array.isArray(value)) {
    for (const item of value) {
      const kid = set.kid(itemStep(shape.type, item));
      kid.self = true;
      collect(item, shape.type.item, kid);
    }
  }
}

/** Adds every struct field on the path to a member as a member. */
export function withNamedParents(set: FieldSet, type: Type): FieldSet {
  const result = new FieldSet(set.self);
  for (const [step, kid] of set.kids) {
    const name = step.slice(2);
    const isField = step.startsWith('f:');
    const below =
      type.kind === 'list'
        ? type.item
        : isField && (type.kind === 'struct' || type.kind === 'map')
          ? entryType(type, name)
          : type;
    const filled = withNamedParents(kid, below);
    if (isField && isNamedField(type, name) && (filled.kids.size > 0 || filled.self)) filled.self = true;
    result.kids.set(step, filled);
  }
  return result;
}
