import { at, type Obj, type Value } from '../kube/fields';

/** Whether it is a JSON object, not a list and not null. */
export function isObj(value: unknown): value is Obj {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a path, empty when there is none. */
export function objAt(value: Value | undefined, ...path: readonly string[]): Obj {
  const found = at(value, ...path);
  return isObj(found) ? found : {};
}

/** The objects of the list at a path. */
export function objsAt(value: Value | undefined, ...path: readonly string[]): Obj[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isObj) : [];
}

/** The map of texts at a path, such as labels. */
export function textsAt(value: Value | undefined, ...path: readonly string[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(objAt(value, ...path))) if (typeof text === 'string') texts[key] = text;
  return texts;
}

/** A deep copy. */
export function copy<T extends Value | undefined>(value: T): T;
export function copy(value: Value | undefined): Value | undefined {
  if (Array.isArray(value)) return value.map((item) => copy(item));
  if (!isObj(value)) return value;
  const result: Obj = {};
  for (const key in value) result[key] = copy(value[key]);
  return result;
}

/** Equality of JSON values; the order of fields is ignored, an undefined field counts as missing. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (!isObj(a) || !isObj(b)) return false;
  for (const key in a) if (!same(a[key], b[key])) return false;
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false;
  return true;
}

/** A copy with the value at a path replaced; undefined removes the field. Everything outside the path is shared. */
export function withAt(object: Obj, path: readonly string[], value: Value | undefined): Obj {
  const [step, ...rest] = path;
  if (step === undefined) return isObj(value) ? value : object;
  const result: Obj = { ...object };
  const next = rest.length === 0 ? value : withAt(objAt(object, step), rest, value);
  if (next === undefined) delete result[step];
  else result[step] = next;
  return result;
}
