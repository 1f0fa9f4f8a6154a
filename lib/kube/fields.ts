/** A mutable JSON value. */
export type Value = null | boolean | number | string | Value[] | Obj;

/** A mutable JSON object; a missing field reads as undefined. */
export interface Obj {
  [field: string]: Value | undefined;
}

/** A JSON object with fields of unknown types. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object (not a list, not null). */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path, or undefined when any step is missing. */
export function at(value: Value | undefined, ...path: readonly string[]): Value | undefined;
export function at(value: unknown, ...path: readonly string[]): unknown;
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const step of path) here = isFields(here) ? here[step] : undefined;
  return here;
}

/** The list at a path; empty when there is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The object at a path; empty when there is none. */
export function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
  const found = at(value, ...path);
  return isFields(found) ? found : {};
}

/** The text at a path, or undefined when the value is not text. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The text at a path, or empty when the value is not text. */
export function textOrEmpty(value: unknown, ...path: readonly string[]): string {
  return textAt(value, ...path) ?? '';
}

/** The number at a path, or undefined when the value is not a number. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

/** A copy without one field. */
export function without(value: Fields, field: string): Fields {
  const { [field]: _gone, ...rest } = value;
  return rest;
}

/** The fields with their values as text, for example labels. */
export function asTexts(fields: Fields): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
}
