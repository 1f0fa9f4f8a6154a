import { createHash } from 'node:crypto';
import type { Fields } from '../kube/fields';

export { canonical } from '../kube/canonical';
export { at, type Fields, fieldsAt, isFields, listAt, numberAt, textAt } from '../kube/fields';

/** A copy without one field. */
export function without(value: Fields, field: string): Fields {
  const { [field]: _gone, ...rest } = value;
  return rest;
}

/** 96 bits of SHA-256 as lower-case hex: fits into object names and labels. */
export function digestOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
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
