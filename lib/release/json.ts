import type { Fields } from '../kube/fields';

export { canonical } from '../kube/canonical';
export { digestOf } from '../kube/digest';
export { at, type Fields, fieldsAt, isFields, listAt, numberAt, textAt } from '../kube/fields';

/** A copy without one field. */
export function without(value: Fields, field: string): Fields {
  const { [field]: _gone, ...rest } = value;
  return rest;
}

/** Items by a number that each has, lowest first. */
export function grouped<T>(items: readonly T[], rank: (item: T) => number): readonly (readonly T[])[] {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const found = groups.get(rank(item));
    if (found) found.push(item);
    else groups.set(rank(item), [item]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
