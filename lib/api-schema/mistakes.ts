import { nearestName } from '../errors/nearest';
import { isFields } from '../kube/fields';
import { parseQuantity } from '../kube/quantity';
import { formatOf } from './formats';
import { OPTIONAL, relationOf } from './formats/relations';
import { SINCE } from './since';
import type { ListType, ScalarCode, StructType, Type } from './types';

/** One place where an object does not match its type. */
export interface Mistake {
  readonly kind: 'unknown' | 'type' | 'missing' | 'value' | 'invalid' | 'newer';
  readonly path: string;
  readonly got?: unknown;
  readonly expected: string;
  readonly nearest?: string | undefined;
  /** Whether only server-side apply rejects it. */
  readonly whenApplied?: true;
}

const EXPECTED: Readonly<Record<ScalarCode, string>> = {
  s: 'text',
  i: 'a whole number of 32 bits',
  l: 'a whole number',
  n: 'a number',
  b: 'true or false',
  q: 'a quantity such as 500m or 4Gi',
  o: 'a whole number or text',
  t: 'a time',
  y: 'base64',
};

const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function fits(value: unknown, code: ScalarCode): boolean {
  switch (code) {
    case 's':
    case 't':
      return typeof value === 'string';
    case 'y':
      return typeof value === 'string' && BASE64.test(value.replace(/[\r\n]/g, ''));
    case 'b':
      return typeof value === 'boolean';
    case 'n':
      return typeof value === 'number';
    case 'i':
      // Server-side apply silently truncates larger numbers to 32 bits.
      return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;
    case 'l':
      return Number.isInteger(value);
    case 'o':
      return fits(value, 'i') || typeof value === 'string';
    case 'q':
      return (
        (typeof value === 'string' || typeof value === 'number') &&
        parseQuantity(typeof value === 'string' ? value.trim() : value) !== undefined
      );
  }
}

/** All mismatches between a value and an API type, including fields newer than a version. */
export function mistakesIn(value: unknown, type: Type, minor: number, path = ''): readonly Mistake[] {
  // A field without a value counts as absent.
  if (value === null || value === undefined) return [];
  switch (type.kind) {
    case 'any':
      return [];
    case 'scalar':
      return fits(value, type.code) ? [] : [{ kind: 'type', path, got: value, expected: EXPECTED[type.code] }];
    case 'list':
      if (!Array.isArray(value)) return [{ kind: 'type', path, got: value, expected: 'a list' }];
      return [
        ...value.flatMap((item, index) => mistakesIn(item ?? emptyItem(type), type.item, minor, `${path}[${index}]`)),
        ...inKeyedList(value, type, path),
      ];
    case 'map':
      if (!isFields(value)) return [{ kind: 'type', path, got: value, expected: 'a map' }];
      return Object.entries(value).flatMap(([key, item]) => mistakesIn(item, type.item, minor, `${path}.${key}`));
    case 'struct':
      return isFields(value) ? inStruct(value, type, minor, path) : [{ kind: 'type', path, got: value, expected: 'a map' }];
  }
}

/** A null in a list is an empty item. */
function emptyItem({ item }: ListType): unknown {
  return item.kind === 'struct' ? {} : null;
}

/** Server-side apply identifies the items of some lists by their keys, which must be unique. */
function inKeyedList(items: readonly unknown[], type: ListType, path: string): readonly Mistake[] {
  // Variables have their own rule, DUPLICATE_ENV.
  if (type.relation === 'atomic' || (type.item.kind === 'struct' && type.item.name === 'EnvVar')) return [];
  const seen = new Set<string>();
  return items.flatMap((item, index): readonly Mistake[] => {
    if (item === null) return [{ kind: 'invalid', path: `${path}[${index}]`, got: null, expected: 'an item' }];
    const key = JSON.stringify(type.relation === 'set' ? item : type.keys.map((name) => keyOf(item, name, type.item)));
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const expected = type.relation === 'set' ? 'each item once' : `each ${type.keys.join(' and ')} once`;
    return [{ kind: 'invalid', path: `${path}[${index}]`, expected, whenApplied: true }];
  });
}

function keyOf(item: unknown, name: string, type: Type): unknown {
  const value = isFields(item) ? item[name] : undefined;
  return value ?? (type.kind === 'struct' ? type.fields.get(name)?.fill : undefined);
}

function inStruct(value: Readonly<Record<string, unknown>>, type: StructType, minor: number, path: string): readonly Mistake[] {
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  const found: Mistake[] = [];
  for (const [name, child] of Object.entries(value)) {
    const field = type.fields.get(name);
    if (field === undefined) {
      if (type.open === true) continue;
      const nearest = nearestName(name, type.fields.keys());
      found.push({ kind: 'unknown', path: below(name), expected: `a field of ${type.name}`, nearest });
      continue;
    }
    const since = SINCE[`${type.name}.${name}`];
    if (since !== undefined && since > minor && child !== null)
      found.push({ kind: 'newer', path: below(name), expected: `1.${since}` });
    if (field.allowed !== undefined && typeof child === 'string' && child !== '' && !field.allowed.includes(child)) {
      const nearest = nearestName(child, field.allowed);
      found.push({ kind: 'value', path: below(name), got: child, expected: `one of ${field.allowed.join(', ')}`, nearest });
    }
    const inside = mistakesIn(child, field.type, minor, below(name));
    found.push(...inside);
    const expected = inside.length === 0 && child !== null ? formatOf(type.name, name)?.(child) : undefined;
    if (expected !== undefined) found.push({ kind: 'invalid', path: below(name), got: child, expected });
  }
  for (const name of type.required) {
    if ((value[name] === undefined || value[name] === null) && !OPTIONAL.has(`${type.name}.${name}`))
      found.push({ kind: 'missing', path: below(name), expected: 'a value' });
  }
  if (found.some(({ kind }) => kind !== 'newer')) return found;
  for (const { field, ...relation } of relationOf(type.name)?.(value) ?? [])
    found.push({ kind: 'invalid', path: field === '' ? path : below(field), ...relation });
  return found;
}
