import { madeByOthers as namesMade } from '../../kube/providers';
import type { Inventory } from './inventory';

const known = new WeakMap<Inventory, ReadonlySet<string>>();

/** Names of Secrets, ConfigMaps and PVCs that other objects in the directory create at runtime. */
export function madeByOthers(all: Inventory): ReadonlySet<string> {
  const found = known.get(all) ?? namesMade(all.objects);
  known.set(all, found);
  return found;
}
