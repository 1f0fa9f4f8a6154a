import { isKubeObject, isSound, type NamedObject } from '../kube/address';
import { at, type Fields, fieldsAt, isFields, listAt, textAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';
import type { Address } from './paths';

/** Response readers. An unexpected response throws a SyntaxError, as does a truncated one. */

function objectIn(value: unknown): KubeObject {
  if (!isKubeObject(value) || !isSound(value)) throw new SyntaxError('no object');
  return value;
}

/** The requested object: later requests use the address in the response. */
export function objectAt(asked: Address): (value: unknown) => KubeObject {
  return (value) => {
    const object = memberIn(value, asked);
    const { name, namespace } = object.metadata;
    if (name !== asked.name || namespace !== asked.namespace) throw new SyntaxError('another object');
    return object;
  };
}

/** The created object. Without a requested name, the response has a generated one, or none: access reviews are not stored. */
export function createdAt({ name, ...asked }: Address): (value: unknown) => KubeObject {
  return (value) => {
    const metadata = { name: '', ...fieldsAt(value, 'metadata') };
    return objectAt({ ...asked, name: name || metadata.name })({ ...fieldsIn(value), metadata });
  };
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
  /** Token of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

/** A page of objects of a kind, which a list names only once. */
export function pageIn(value: unknown, asked: Kind): Page {
  const items = at(fieldsIn(value), 'items') ?? [];
  if (!Array.isArray(items)) throw new SyntaxError('no list');
  const { apiVersion, kind } = asked;
  return {
    items: items.map((item: unknown) => memberIn({ ...fieldsIn(item), apiVersion, kind }, asked)),
    resourceVersion: textAt(value, 'metadata', 'resourceVersion') ?? '',
    next: textAt(value, 'metadata', 'continue') || undefined,
  };
}

/** An object of a kind, and of a namespace if requested. */
export function memberIn(value: unknown, { apiVersion, kind, namespace }: Kind): KubeObject {
  const object = objectIn(value);
  const elsewhere = namespace !== undefined && object.metadata.namespace !== namespace;
  if (object.apiVersion !== apiVersion || object.kind !== kind || elsewhere) throw new SyntaxError('another object');
  return object;
}

/** The objects of a kind, in one namespace or in all. */
export type Kind = Omit<NamedObject, 'name'>;

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
