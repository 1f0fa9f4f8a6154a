import { at, fieldsAt, isFields, textAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';

/** The content of a document's value. */
export interface Found {
  readonly objects: readonly KubeObject[];
  /** Reasons why parts of it are not objects, with their path in the document. */
  readonly faults: readonly { readonly path: string; readonly message: string; readonly expected?: string }[];
}

/** Maximum number of values in a document reported as not being objects. */
export const MOST_FAULTS = 100;
const EXPECTED = 'apiVersion, kind and metadata.name';

/** The objects in a value: none in an empty document, several in a list. */
export function objectsIn(value: unknown): Found {
  const objects: KubeObject[] = [];
  const faults: { path: string; message: string; expected?: string }[] = [];
  const take = (one: unknown, path: string): void => {
    if (one === null || one === undefined) return;
    const items = isFields(one) && 'kind' in one ? one.items : undefined;
    if (isFields(one) && Array.isArray(items)) {
      for (const [index, item] of items.entries()) take(typed(item, one), `${path}items[${index}]`);
      return;
    }
    const fault = faultOf(one);
    if (fault !== undefined && faults.length >= MOST_FAULTS) return;
    if (fault !== undefined)
      faults.push({ ...fault, path: path === '' ? fault.path : `${path}${fault.path && `.${fault.path}`}` });
    else if (isObject(one)) objects.push(tidied(one));
  };
  take(value, '');
  return { objects, faults };
}

/** Items of a `PodList` need not have the kind Pod. */
function typed(item: unknown, list: unknown): unknown {
  const kind = textAt(list, 'kind') ?? '';
  const bare = isFields(item) && item.kind === undefined && item.apiVersion === undefined;
  return bare ? { apiVersion: at(list, 'apiVersion'), kind: kind.replace(/List$/, ''), ...item } : item;
}

function isObject(value: unknown): value is KubeObject {
  return ['apiVersion', 'kind'].every((field) => textAt(value, field) !== undefined) && named(value);
}

function named(value: unknown): boolean {
  return (textAt(value, 'metadata', 'name') ?? '') !== '';
}

function faultOf(value: unknown): { readonly path: string; readonly message: string; readonly expected?: string } | undefined {
  if (!isFields(value)) return { path: '', message: 'a document is not a Kubernetes object', expected: EXPECTED };
  if (!named(value) && textAt(value, 'metadata', 'generateName') !== undefined) {
    return { path: 'metadata.generateName', message: 'a release has to know its objects by name', expected: 'metadata.name' };
  }
  if (!isObject(value)) return { path: '', message: 'a document is not a Kubernetes object', expected: EXPECTED };
  const { namespace } = value.metadata;
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string')
    return { path: 'metadata.namespace', message: 'is no text', expected: 'text, in quotes' };
  for (const field of ['labels', 'annotations']) {
    const texts = at(value, 'metadata', field);
    if (texts === undefined || texts === null) continue;
    if (!isFields(texts)) return { path: `metadata.${field}`, message: 'is not a mapping' };
    const wrong = Object.keys(texts).find((key) => typeof texts[key] !== 'string' && texts[key] !== null);
    if (wrong !== undefined) return { path: `metadata.${field}.${wrong}`, message: 'is no text', expected: 'text, in quotes' };
  }
  return unsound(value, '');
}

/** Numbers that JSON cannot express, such as 1e400, and half a surrogate pair, which is not a character. */
function unsound(value: unknown, path: string): { readonly path: string; readonly message: string } | undefined {
  if (isSound(value)) return undefined;
  if (typeof value === 'number') return { path, message: 'is a number that JSON cannot express' };
  if (typeof value === 'string') return { path, message: 'has half of a surrogate pair' };
  if (Array.isArray(value)) {
    const index = value.findIndex((item) => !isSound(item));
    return unsound(value[index], `${path}[${index}]`);
  }
  if (!isFields(value)) return undefined;
  const [key = '', item] = Object.entries(value).find(([, one]) => !isSound(one)) ?? [];
  return unsound(item, path === '' ? key : `${path}.${key}`);
}

function isSound(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isSound);
  return !isFields(value) || Object.values(value).every(isSound);
}

/** Without null fields in `metadata`, which generators write for unset fields. */
function tidied(object: KubeObject): KubeObject {
  const { metadata } = object;
  const texts = (['labels', 'annotations'] as const).filter((field) =>
    Object.values(fieldsAt(metadata, field)).includes(null as never),
  );
  if (!Object.values(metadata).includes(null) && texts.length === 0) return object;
  const set = Object.entries(metadata).filter(([, value]) => value !== null);
  const filled = texts.map(
    (field) =>
      [field, Object.fromEntries(Object.entries(fieldsAt(metadata, field)).map(([key, text]) => [key, text ?? '']))] as const,
  );
  return { ...object, metadata: { ...Object.fromEntries(set), ...Object.fromEntries(filled), name: metadata.name } };
}
