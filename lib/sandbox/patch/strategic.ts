import { copy, isObj, same } from '../../api-schema/json';
import type { ListType, Type } from '../../api-schema/types';
import type { Obj, Value } from '../../kube/fields';
import { entryType } from '../fields/shape';

/**
 * Strategic merge patch: lists with a merge key merge by it; supports `$patch`, `$retainKeys`, `$setElementOrder` and
 * `$deleteFromPrimitiveList`.
 */
export function strategicPatch(target: Value | undefined, patch: Value, type: Type): Value {
  if (!isObj(patch)) return copy(patch);
  const directive = patch.$patch;
  if (directive === 'replace') return copy(withoutDirectives(patch));
  let result: Obj = isObj(target) ? { ...target } : {};
  const retained = patch.$retainKeys;
  if (Array.isArray(retained)) result = Object.fromEntries(Object.entries(result).filter(([name]) => retained.includes(name)));
  for (const [name, value] of Object.entries(patch)) {
    if (name === '$patch' || name === '$retainKeys' || value === undefined) continue;
    if (name.startsWith('$setElementOrder/')) continue;
    if (name.startsWith('$deleteFromPrimitiveList/')) {
      const field = name.slice(name.indexOf('/') + 1);
      const list = result[field];
      if (Array.isArray(list) && Array.isArray(value))
        result[field] = list.filter((item) => !value.some((gone) => same(gone, item)));
      continue;
    }
    const fieldType: Type = type.kind === 'struct' || type.kind === 'map' ? entryType(type, name) : type;
    if (value === null) delete result[name];
    else if (isObj(value) && value.$patch === 'delete') delete result[name];
    else if (type.kind === 'struct' && type.fields.get(name)?.replaced === true) result[name] = copy(value);
    else if (Array.isArray(value) && fieldType.kind === 'list' && fieldType.mergeKey !== undefined) {
      result[name] = ordered(mergeLists(result[name], value, fieldType), patch[`$setElementOrder/${name}`], fieldType.mergeKey);
    } else result[name] = strategicPatch(result[name], value, fieldType);
  }
  for (const [name, order] of Object.entries(patch)) {
    if (!name.startsWith('$setElementOrder/')) continue;
    const field = name.slice(name.indexOf('/') + 1);
    const fieldType = type.kind === 'struct' ? type.fields.get(field)?.type : undefined;
    const list = result[field];
    if (fieldType?.kind === 'list' && Array.isArray(list)) result[field] = ordered(list, order, fieldType.mergeKey ?? '');
  }
  return result;
}

function mergeLists(target: Value | undefined, patch: readonly Value[], type: ListType): Value[] {
  const key = type.mergeKey ?? '';
  const isSame = (a: Value, b: Value) => (isObj(a) && isObj(b) ? same(a[key], b[key]) : same(a, b));
  if (patch.some((item) => isObj(item) && item.$patch === 'replace' && Object.keys(item).length === 1)) {
    return patch.filter((item) => !(isObj(item) && item.$patch === 'replace')).map((item) => copy(item));
  }
  const before = Array.isArray(target) ? target : [];
  const gone = patch.filter((item) => isObj(item) && item.$patch === 'delete');
  const merged = patch
    .filter((item) => !gone.includes(item))
    .map((item) => {
      const index = before.findIndex((there) => isSame(there, item));
      return { index, value: strategicPatch(before[index], item, type.item) };
    });
  const used = new Set(merged.map(({ index }) => index));
  const rest = before
    .map((value, index) => ({ index, value }))
    .filter(({ index, value }) => !used.has(index) && !gone.some((item) => isSame(item, value)));
  // The patch sets the order; items only on the server stay before the next shared item.
  const result: Value[] = [];
  for (const { index, value } of merged) {
    while (index >= 0 && rest[0] !== undefined && rest[0].index < index)
      result.push(...rest.splice(0, 1).map((item) => item.value));
    result.push(value);
  }
  return [...result, ...rest.map((item) => item.value)];
}

function ordered(list: Value[], order: Value | undefined, key: string): Value[] {
  if (!Array.isArray(order)) return list;
  const rank = (item: Value) => {
    const index = order.findIndex((wanted) => (isObj(wanted) && isObj(item) ? same(wanted[key], item[key]) : same(wanted, item)));
    return index < 0 ? list.indexOf(item) - list.length : index;
  };
  return [...list].sort((a, b) => rank(a) - rank(b));
}

function withoutDirectives(value: Obj): Obj {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.startsWith('$')));
}
