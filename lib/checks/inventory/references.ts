import type { KubeObject } from '../../kube/object';
import { type PodReference, podReferencesOf, subPathsOf } from '../../kube/references';
import type { Inventory } from './inventory';

/** A pod's reference to an object in its namespace. */
export interface Reference extends PodReference {
  readonly object: KubeObject;
  readonly namespace: string;
}

const known = new WeakMap<Inventory, readonly Reference[]>();

/** References from the pods of all workloads, without optional ones. */
export function podReferences(inventory: Inventory): readonly Reference[] {
  const found = known.get(inventory);
  if (found !== undefined) return found;
  const references = inventory.workloads.flatMap(({ object, namespace, spec, path }) =>
    podReferencesOf(spec, path).map((one): Reference => ({ ...one, object, namespace })),
  );
  known.set(inventory, references);
  return references;
}

/** Files that containers mount with a subPath from a ConfigMap or Secret: the kubelet creates a directory for a missing one. */
export function subPathReferences(inventory: Inventory): readonly Reference[] {
  return inventory.workloads.flatMap(({ object, namespace, spec, path }) =>
    subPathsOf(spec, path).map((one): Reference => ({ ...one, object, namespace })),
  );
}
