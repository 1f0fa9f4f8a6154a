import { isClusterScoped } from '../kube/kinds';
import type { KubeObject } from '../kube/object';

/** Objects with the namespaces in which they will be created. */
export interface Placement {
  readonly objects: readonly KubeObject[];
  /** Returns the object as in the manifest. */
  original(object: KubeObject): KubeObject;
}

/**
 * Sets the namespace that a release or `kubectl -n` would use for objects without one: the given one, else the only one that
 * other objects name. If there are several, they keep none.
 */
export function place(objects: readonly KubeObject[], namespace?: string): Placement {
  const target = namespace ?? onlyNamespaceOf(objects);
  if (target === undefined) return { objects, original: (object) => object };
  const originals = new Map<KubeObject, KubeObject>();
  const placed = objects.map((object) => {
    if (object.metadata.namespace !== undefined || isClusterScoped(object)) return object;
    const copy: KubeObject = { ...object, metadata: { ...object.metadata, namespace: target } };
    originals.set(copy, object);
    return copy;
  });
  if (originals.size === 0) return { objects, original: (object) => object };
  return { objects: placed, original: (object) => originals.get(object) ?? object };
}

function onlyNamespaceOf(objects: readonly KubeObject[]): string | undefined {
  const named = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  // Charts put individual objects into system namespaces, whatever their own namespace is.
  const own = [...named].filter((name) => !name.startsWith('kube-'));
  return own.length === 1 ? own[0] : undefined;
}
