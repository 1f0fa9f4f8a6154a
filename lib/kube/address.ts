import { textAt } from './fields';
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

/** One object to address. */
export interface NamedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}
