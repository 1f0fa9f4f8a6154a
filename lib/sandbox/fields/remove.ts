import { isObj } from '../../api-schema/json';
import type { Type } from '../../api-schema/types';
import type { Obj, Value } from '../../kube/fields';
import type { FieldSet } from './field-set';
import { entryType, itemStep, shapeOf } from './shape';

/** Removes the fields and items of a set. A struct or list that loses everything becomes null. */
export function removeFields(value: Value, set: FieldSet, type: Type): Value {
  const shape = shapeOf(type, value);
  if (shape.is === 'fields' && isObj(value)) {
    const result: Obj = {};
    for (const name in value) {
      const item = value[name];
      const part = set.kids.get(`f:${name}`);
      if (item === undefined || part?.self === true) continue;
      result[name] = part === undefined || part.isEmpty() ? item : removeFields(item, part, entryType(shape.type, name));
    }
    return Object.keys(result).length > 0 || Object.keys(value).length === 0 ? result : null;
  }
  if (shape.is === 'items' && Array.isArray(value)) {
    const result: Value[] = [];
    for (const item of value) {
      const part = set.kids.get(itemStep(shape.type, item));
      if (part?.self === true) continue;
      result.push(part === undefined || part.isEmpty() ? item : removeFields(item, part, shape.type.item));
    }
    return result.length > 0 || value.length === 0 ? result : null;
  }
  return value;
}
