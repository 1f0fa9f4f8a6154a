import { isObj } from '../../api-schema/json';
import { ANY, type Field, type ListType, type MapType, type StructType, type Type } from '../../api-schema/types';
import type { Value } from '../../kube/fields';

/** How server-side apply treats a value: as a whole, by field, or by item. */
export type Shape =
  | { readonly is: 'leaf' }
  | { readonly is: 'fields'; readonly type: StructType | MapType }
  | { readonly is: 'items'; readonly type: ListType };

const LEAF: Shape = { is: 'leaf' };
const OPEN: Shape = { is: 'fields', type: { kind: 'map', item: ANY, atomic: false } };

/** Shape of a value of a type. Without a schema, a map is treated by field, and a list as a whole. */
export function shapeOf(type: Type, value: Value | undefined): Shape {
  switch (type.kind) {
    case 'scalar':
      return LEAF;
    case 'any':
      return isObj(value) ? OPEN : LEAF;
    case 'list':
      return type.relation === 'atomic' ? LEAF : { is: 'items', type };
    default:
      return type.atomic ? LEAF : { is: 'fields', type };
  }
}

/** Type of a field or of a map's entry. */
export function entryType(type: StructType | MapType, name: string): Type {
  if (type.kind === 'map') return type.item;
  return type.fields.get(name)?.type ?? ANY;
}

/** Whether the name is a field of a struct, not an arbitrary key of a map. */
export function isNamedField(type: Type, name: string): boolean {
  return type.kind === 'struct' && type.fields.has(name);
}

/** The step for an item of a list: its keys, or its value in a set. */
export function itemStep(type: ListType, item: Value): string {
  if (type.relation === 'set') return `v:${JSON.stringify(item)}`;
  const keys = [...type.keys].sort().flatMap((key) => {
    const value = (isObj(item) ? item[key] : undefined) ?? keyDefault(type.item, key);
    return value === undefined ? [] : [`${JSON.stringify(key)}:${JSON.stringify(value)}`];
  });
  return `k:{${keys.join(',')}}`;
}

function keyDefault(type: Type, key: string): Value | undefined {
  const field: Field | undefined = type.kind === 'struct' ? type.fields.get(key) : undefined;
  return field?.fill;
}
