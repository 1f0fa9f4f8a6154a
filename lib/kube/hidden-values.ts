import { type Fields, isFields } from './fields';
import type { KubeObject } from './object';
import { fieldPath, itemPath } from './path';
import { mayBeSecret } from './plain-secret';
import { decoded } from './value-mask';

/** Placeholder for confidential values in records, plans and reports. */
export const HIDDEN = '(secret)';

/** Fields of a Secret that hold none of its values, and fields of any object that hold no environment. */
const OPEN = ['apiVersion', 'kind', 'metadata', 'status', 'type', 'immutable'];
/** Path of annotations, and paths of a Secret that are not masked. */
const ANNOTATIONS = 'metadata.annotations';
const OPEN_IN_SECRET = /^(metadata|type|immutable|apiVersion|kind)\b/;
/** A variable in a list or a map, and a map of variables. */
const VARIABLE = /.*\[name=(.*)\]\.value$|(?:^|\.)env\.([^.]*)$/;
const ENVIRONMENT = /(?:^|\.)env$/;
const VALUE_FIELDS = ['data', 'stringData'];

/** Annotations where appliers store a copy of the applied object: kubectl, kapp, Helm. */
const COPY = /last-applied|^kapp\.k14s\.io\/original|^meta\.helm\.sh\/(?!release-name(?:space)?$)/;

/**
 * An object as records and files may store it: without the values of a Secret, without values of environment variables that have
 * a secret name or value, and without copies of either in annotations. Returns the object itself when there are none. Pure.
 */
export function withoutSecretValues(object: KubeObject): KubeObject {
  const body = object.kind === 'Secret' ? secretWithoutValues(object) : hideValues(object, OPEN);
  const annotations = openAnnotations(object);
  if (body === object && annotations === object.metadata.annotations) return object;
  const { apiVersion, kind, metadata } = object;
  return { ...body, apiVersion, kind, metadata: annotations === undefined ? metadata : { ...metadata, annotations } };
}

/** A value without the parts that `HIDDEN` replaces, at any depth. Returns the value itself when there is nothing to hide. */
function hideValues(value: Fields, skip?: readonly string[]): Fields;
function hideValues(value: unknown): unknown;
function hideValues(value: unknown, skip: readonly string[] = []): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => hideValues(item));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isFields(value)) return value;
  if (isSecretVariable(value)) return { ...value, value: HIDDEN };
  let changed: Record<string, unknown> | undefined;
  for (const key in value) {
    const inner = value[key];
    if (typeof inner !== 'object' || inner === null || skip.includes(key)) continue;
    const open = key === 'env' && isFields(inner) ? hiddenMap(inner) : hideValues(inner);
    if (open !== inner) changed = { ...(changed ?? value), [key]: open };
  }
  return changed ?? value;
}

/** The values that `withoutSecretValues` removes, as written. */
export function secretValuesOf(object: Fields): readonly unknown[] {
  if (object.kind === 'Secret')
    return Object.entries(object).flatMap(([key, value]) => (OPEN.includes(key) ? [] : leavesOf(value)));
  return [...variablesIn(object)];
}

/**
 * A recorded object with its values restored from a live object; `missing` names those that the live object lacks. Pure.
 */
export function withValuesOf(
  recorded: KubeObject,
  live: KubeObject | undefined,
): { readonly object: KubeObject; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const { apiVersion, kind, metadata } = recorded;
  if (kind !== 'Secret') {
    const filled = fill('', recorded, live, missing);
    return { object: { ...(isFields(filled) ? filled : {}), apiVersion, kind, metadata }, missing };
  }
  const values = isFields(live?.data) ? live.data : {};
  const keys = VALUE_FIELDS.flatMap((field) => (isFields(recorded[field]) ? Object.keys(recorded[field]) : []));
  missing.push(...keys.filter((key) => !(key in values)));
  const { stringData: _text, ...rest } = recorded;
  const data = Object.fromEntries(keys.map((key) => [key, values[key]]));
  return { object: { ...rest, apiVersion, kind, metadata, data }, missing };
}

function fill(path: string, recorded: unknown, live: unknown, missing: string[]): unknown {
  if (Array.isArray(recorded)) {
    const there: readonly unknown[] = Array.isArray(live) ? live : [];
    return recorded.map((item: unknown, index) => {
      const name = isFields(item) && typeof item.name === 'string' ? item.name : undefined;
      const same = name === undefined ? there[index] : there.find((one) => isFields(one) && one.name === name);
      return fill(itemPath(path, name ?? index), item, same, missing);
    });
  }
  if (recorded === HIDDEN) {
    if (live === undefined) missing.push(path);
    return live ?? recorded;
  }
  if (!isFields(recorded)) return recorded;
  const entries = Object.entries(recorded);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, fill(fieldPath(path, key), value, isFields(live) ? live[key] : undefined, missing)]),
  );
}

function secretWithoutValues(secret: KubeObject): Fields {
  return Object.fromEntries(
    Object.entries(secret).flatMap(([field, value]): [string, unknown][] => {
      if (OPEN.includes(field) || value === undefined) return [[field, value]];
      if (!VALUE_FIELDS.includes(field) || !isFields(value)) return [];
      return [[field, Object.fromEntries(Object.keys(value).map((key) => [key, '']))]];
    }),
  );
}

/** A value at a path of an object, safe to show in plans and messages. Pure. */
export function shownAt(object: KubeObject, path: string, value: unknown): unknown {
  if (object.kind === 'Secret' && !OPEN_IN_SECRET.test(path)) return HIDDEN;
  if (path === '' && isFields(value)) return withoutSecretValues({ ...object, ...value });
  if (path.startsWith(ANNOTATIONS)) return shownAnnotations(object, path, value);
  const name = VARIABLE.exec(path)?.find((one, index) => index > 0 && one !== undefined);
  if (name !== undefined && isSecret(name, value)) return HIDDEN;
  return ENVIRONMENT.test(path) && isFields(value) ? hiddenMap(value) : hideValues(value);
}

/** Annotations at a path, or one of them, without copies of values. */
function shownAnnotations(object: KubeObject, path: string, value: unknown): unknown {
  const hidden = (key: string, text: unknown) => (holdsValues(object, key, text) ? HIDDEN : text);
  if (isFields(value)) return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, hidden(key, text)]));
  return hidden(path.slice(ANNOTATIONS.length).replace(/^\["?|^\.|"?\]$/g, ''), value);
}

/** The annotations without confidential values. */
function openAnnotations(object: KubeObject): KubeObject['metadata']['annotations'] {
  const { annotations } = object.metadata;
  if (annotations === undefined || annotations === null) return annotations;
  const open = Object.entries(annotations).filter(([key, text]) => !holdsValues(object, key, text));
  return open.length === Object.keys(annotations).length ? annotations : Object.fromEntries(open);
}

/** Whether an annotation contains confidential values. */
export function holdsValues(object: KubeObject, key: string, text: unknown): boolean {
  if (object.kind !== 'Secret') return COPY.test(key) && hidesIn(text);
  if (COPY.test(key) || /^\s*[{[]/.test(String(text))) return true;
  const values = secretValuesOf(object).map(String);
  return values.some((value) => [value, decoded(value)].some((one) => one.length > 3 && String(text).includes(one)));
}

/** Whether a copy of an object contains confidential values, or cannot be read. */
function hidesIn(text: unknown): boolean {
  try {
    const copy: unknown = JSON.parse(String(text));
    return hideValues(copy) !== copy;
  } catch {
    return true;
  }
}

/** Variables as a map from names to values, as in some custom resources. */
function hiddenMap(variables: Fields): Fields {
  const entries = Object.entries(variables);
  const open = entries.map(([name, value]) => [name, isSecret(name, value) ? HIDDEN : hideValues(value)] as const);
  return open.every(([, value], index) => value === entries[index]?.[1]) ? variables : Object.fromEntries(open);
}

function isSecretVariable({ name, value }: Fields): boolean {
  return typeof name === 'string' && isSecret(name, value);
}

/** Whether the value of a variable, of any type, is confidential. */
function isSecret(name: string, value: unknown): boolean {
  return leavesOf(value).some((leaf) => mayBeSecret(name, String(leaf)));
}

function* variablesIn(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) for (const item of value) yield* variablesIn(item);
  if (!isFields(value)) return;
  if (isSecretVariable(value)) return yield* leavesOf(value.value);
  for (const [key, inner] of Object.entries(value)) {
    const map = key === 'env' && isFields(inner) ? Object.entries(inner) : [];
    for (const [name, one] of map) if (isSecret(name, one)) yield* leavesOf(one);
    if (typeof inner === 'object') yield* variablesIn(inner);
  }
}

/** Texts and numbers in a value, at any depth. */
export function leavesOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null)
    return value === null || value === undefined || typeof value === 'boolean' ? [] : [value];
  return Object.values(value).flatMap(leavesOf);
}
