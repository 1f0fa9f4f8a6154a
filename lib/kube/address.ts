import { isFields, textAt } from './fields';
import { groupOf, type KubeObject } from './object';

/** The address of an object. */
export function named({ apiVersion, kind, metadata }: KubeObject): NamedObject {
  const { namespace, name } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The uid of an observed object, as a precondition; empty where unknown. */
export function uidOf({ metadata: { uid } }: KubeObject): { readonly uid?: string } {
  return uid === undefined ? {} : { uid };
}

/** The key of an address, equal to the object's `keyOf`. */
export function keyOfNamed({ apiVersion, kind, namespace = '', name }: NamedObject): string {
  return `${groupOf(apiVersion)}/${kind}/${namespace}/${name}`;
}

/** Whether a value is a Kubernetes object: it has an apiVersion, a kind and a name. */
export function isKubeObject(value: unknown): value is KubeObject {
  const named = [textAt(value, 'apiVersion'), textAt(value, 'kind'), textAt(value, 'metadata', 'name')];
  return named.every((text) => text !== undefined);
}

/** Whether a text is a single path segment of a request: no name from the API server can point elsewhere. */
export function isPathSegment(text: string): boolean {
  return !/^\.{0,2}$/.test(text) && !/[/%?#\p{Control}\p{Surrogate}]/u.test(text);
}

/** Whether the metadata this project reads has the types that the API server uses, and addressable names. */
export function isSound({ metadata }: KubeObject): boolean {
  const { name, namespace, uid, finalizers, labels, annotations, managedFields, ownerReferences } = metadata;
  const text = (value: unknown) => value === undefined || typeof value === 'string';
  const map = (value: unknown) => value === undefined || (isFields(value) && Object.values(value).every(text));
  const list = (value: unknown, is: (item: unknown) => boolean) =>
    value === undefined || (Array.isArray(value) && value.every(is));
  return (
    [namespace, uid].every(text) &&
    // An access review has no name.
    [name, namespace].every((one) => one === undefined || one === '' || isPathSegment(one)) &&
    [labels, annotations].every(map) &&
    list(finalizers, (item) => typeof item === 'string') &&
    list(managedFields, isFields) &&
    list(ownerReferences, isFields)
  );
}

/** The address of one object. */
export interface NamedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}
