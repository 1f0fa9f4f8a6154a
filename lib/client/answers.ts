import { isKubeObject, isSound } from '../kube/address';
import { at, type Fields, fieldsAt, isFields, listAt, textAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';

/** Readers of answers. One that is not what was asked for throws a SyntaxError, as one that was cut off does. */

/** One object. */
export function objectIn(value: unknown): KubeObject {
  if (!isKubeObject(value) || !isSound(value)) throw new SyntaxError('no object');
  return value;
}

/** What was created. A review of access is answered and not stored: it has no name. */
export function createdIn(value: unknown): KubeObject {
  const metadata = fieldsAt(value, 'metadata');
  return objectIn({ ...fieldsIn(value), metadata: { name: '', ...metadata } });
}

/** Any JSON object. */
export function fieldsIn(value: unknown): Fields {
  if (!isFields(value)) throw new SyntaxError('no object');
  return value;
}

/** A page of a list. */
export interface Page {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  /** Where the next page begins; nothing on the last one. */
  readonly next: string | undefined;
}

/** A page of objects of a kind, which a list names only once. */
export function pageIn(value: unknown, { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Page {
  const items = at(fieldsIn(value), 'items') ?? [];
  if (!Array.isArray(items)) throw new SyntaxError('no list');
  return {
    items: items.map((item: unknown) => objectIn({ ...fieldsIn(item), apiVersion, kind })),
    resourceVersion: textAt(value, 'metadata', 'resourceVersion') ?? '',
    next: textAt(value, 'metadata', 'continue') || undefined,
  };
}

/** A kind that an API version serves. */
export interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The kinds of an API version. */
export function resourcesIn(value: unknown): readonly Resource[] {
  return listAt(fieldsIn(value), 'resources').map((one) => {
    const [name, kind, namespaced] = [textAt(one, 'name'), textAt(one, 'kind'), at(one, 'namespaced')];
    if (name === undefined || kind === undefined || typeof namespaced !== 'boolean') throw new SyntaxError('no resource');
    return { name, kind, namespaced };
  });
}
