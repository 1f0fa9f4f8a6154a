import { isFields, textAt } from './fields';
import { groupOf, type KubeObject } from './object';

/** The address of an object. */
export function named({ apiVersion, kind, metadata }: KubeObject): NamedObject {
  const { namespace, name } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The uid of an object that was seen, as a precondition of what is done to it; nothing where it is not known. */
export function uidOf({ metadata: { uid } }: KubeObject): { readonly uid?: string } {
  return uid === undefined ? {} : { uid };
}

/** The same key for an address as `keyOf` gives for the object. */
export function keyOfNamed({ apiVersion, kind, namespace = '', name }: NamedObject): string {
  return `${groupOf(apiVersion)}/${kind}/${namespace}/${name}`;
}

/** Whether a value is a Kubernetes object: it says what it is and what it is called. */
export function isKubeObject(value: unknown): value is KubeObject {
  const named = [textAt(value, 'apiVersion'), textAt(value, 'kind'), textAt(value, 'metadata', 'name')];
  return named.every((text) => text !== undefined);
}

/** Whether a text can stand in the path of a request, and only there: no name of the API server leads out of its place. */
export function isPathSegment(text: string): boolean {
  return !/^\.{0,2}$/.test(text) && !/[/%?#\p{Control}\p{Surrogate}]/u.test(text);
}

/** Whether the metadata that this project reads has the types that the API server gives it, and names that can be addressed. */
export function isSound({ metadata }: KubeObject): boolean {
  const { name, namespace, uid, finalizers, labels, annotations, managedFields, ownerReferences } = metadata;
  const text = (value: unknown) => value === undefined || typeof value === 'string';
  const map = (value: unknown) => value === undefined || (isFields(value) && Object.values(value).every(text));
  const list = (value: unknown, is: (item: unknown) => boolean) =>
    value === undefined || (Array.isArray(value) && value.every(is));
  return (
    [namespace, uid].every(text) &&
    // A review of access has no name.
    [name, namespace].every((one) => one === undefined || one === '' || isPathSegment(one)) &&
    [labels, annotations].every(map) &&
    list(finalizers, (item) => typeof item === 'string') &&
    list(managedFields, isFields) &&
    list(ownerReferences, isFields)
  );
}

/** One object to address. */
export interface NamedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}
