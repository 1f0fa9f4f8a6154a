import type { NamedObject } from '../client/api';
import { groupOf, type KubeObject } from '../kube/object';

/** The address of an object. */
export function named({ apiVersion, kind, metadata }: KubeObject): NamedObject {
  const { namespace, name } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The same key for an address as `keyOf` gives for the object. */
export function keyOfNamed({ apiVersion, kind, namespace = '', name }: NamedObject): string {
  return `${groupOf(apiVersion)}/${kind}/${namespace}/${name}`;
}
