import type { KubeObject } from '../../kube/object';
import { type PodReference, podReferencesOf } from '../../kube/references';
import type { Inventory } from './inventory';

/** A pod's reference to an object of its namespace. */
export interface Reference extends PodReference {
  readonly object: KubeObject;
  readonly namespace: string;
}

const known = new WeakMap<Inventory, readonly Reference[]>();

/** What the pods of all workloads refer to, optional references left out. */
export function podReferences(inventory: Inventory): readonly Reference[] {
  const found = known.get(inventory);
  if (found !== undefined) return found;
  const references = inventory.workloads.flatMap(({ object, namespace, spec, path }) =>
    podReferencesOf(spec, path).map((one): Reference => ({ ...one, object, namespace })),
  );
  known.set(inventory, references);
  return references;
}
