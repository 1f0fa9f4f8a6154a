import { nearestName } from '../errors/nearest';
import { isFields } from '../kube/fields';
import { parseQuantity } from '../kube/quantity';
import { SINCE } from './since';
import type { ScalarCode, StructType, Type } from './types';

/** One place where an object does not fit its type. */
export interface Mistake {
  readonly kind: 'unknown' | 'type' | 'missing' | 'value' | 'newer';
  readonly path: string;
  readonly got?: unknown;
  readonly expected: string;
  readonly nearest?: string | undefined;
}

const EXPECTED: Readonly<Record<ScalarCode, string>> = {
  s: 'text',
  i: 'a whole number',
  l: 'a whole number',
  n: 'a number',
  b: 'true or false',
  q: 'a quantity such as 500m or 4Gi',
  o: 'a whole number or text',
  t: 'a time',
  y: 'base64',
};

function fits(value: unknown, code: ScalarCode): boolean {
  switch (code) {
    case 's':
    case 't':
      return typeof value === 'string';
    case 'y':
      return typeof value === 'string' && /^[A-Za-z0-9+/=\s]*$/.test(value);
    case 'b':
      return typeof value === 'boolean';
    case 'n':
      return typeof value === 'number';
    case 'i':
    case 'l':
      return Number.isInteger(value);
    case 'o':
      return Number.isInteger(value) || typeof value === 'string';
    case 'q':
      return (typeof value === 'string' || typeof value === 'number') && parseQuantity(value) !== undefined;
  }
}

/** Everything in which a value does not fit a type of the API, all at once, with the fields that are newer than a version. */
export function mistakesIn(value: unknown, type: Type, minor: number, path = ''): readonly Mistake[] {
  // A field without a value is as good as absent.
  if (value === null || value === undefined) return [];
  switch (type.kind) {
    case 'any':
      return [];
    case 'scalar':
      return fits(value, type.code) ? [] : [{ kind: 'type', path, got: value, expected: EXPECTED[type.code] }];
    case 'list':
      if (!Array.isArray(value)) return [{ kind: 'type', path, got: value, expected: 'a list' }];
      return value.flatMap((item, index) => mistakesIn(item, type.item, minor, `${path}[${index}]`));
    case 'map':
      if (!isFields(value)) return [{ kind: 'type', path, got: value, expected: 'a map' }];
      return Object.entries(value).flatMap(([key, item]) => mistakesIn(item, type.item, minor, `${path}.${key}`));
    case 'struct':
      return isFields(value) ? inStruct(value, type, minor, path) : [{ kind: 'type', path, got: value, expected: 'a map' }];
  }
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
    if (field.allowed !== undefined && typeof child === 'string' && !field.allowed.includes(child)) {
      const nearest = nearestName(child, field.allowed);
      found.push({ kind: 'value', path: below(name), got: child, expected: `one of ${field.allowed.join(', ')}`, nearest });
    }
    found.push(...mistakesIn(child, field.type, minor, below(name)));
  }
  for (const name of type.required) {
    if (value[name] === undefined || value[name] === null)
      found.push({ kind: 'missing', path: below(name), expected: 'a value' });
  }
  return found;
}
