import { createHash } from 'node:crypto';
import { type Fields, isFields } from '../kube/fields';

export { at, type Fields, fieldsAt, isFields, listAt, numberAt, textAt } from '../kube/fields';

/** A copy without one field. */
export function without(value: Fields, field: string): Fields {
  const { [field]: _gone, ...rest } = value;
  return rest;
}

/** JSON with sorted keys: equal values give equal text. Absent and `undefined` fields are the same. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isFields(value)) return JSON.stringify(value) ?? 'null';
  const fields = Object.keys(value)
    .sort()
    .filter((key) => value[key] !== undefined);
  return `{${fields.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
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
