import { fieldsAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { madeByOthers as namesMade } from '../../kube/providers';
import type { Inventory } from './inventory';

const known = new WeakMap<Inventory, ReadonlySet<string>>();

/** Names of Secrets, ConfigMaps and PVCs that other objects in the directory create at runtime. */
export function madeByOthers(all: Inventory): ReadonlySet<string> {
  const found = known.get(all) ?? namesMade(all.objects);
  known.set(all, found);
  return found;
}

/** The keys of a ConfigMap or Secret; undefined if others add some. */
export function keysOf(all: Inventory, object: KubeObject): readonly string[] | undefined {
  if (completedByOthers(all, object)) return undefined;
  return ['data', 'binaryData', 'stringData'].flatMap((field) => Object.keys(fieldsAt(object, field)));
}

/** Whether others add keys to an object of the directory: an operator that names it, or a controller that its marks ask to. */
function completedByOthers(all: Inventory, { metadata }: KubeObject): boolean {
  const marks = Object.keys({ ...fieldsAt(metadata, 'labels'), ...fieldsAt(metadata, 'annotations') });
  return madeByOthers(all).has(metadata.name) || marks.some((mark) => /inject|replicate|reflector/.test(mark));
}
