import { objAt } from '../../api-schema/json';
import { textOrEmpty } from '../../kube/fields';
import { quantityOf } from '../../kube/quantity';
import { quotaUsage } from '../admission/quota';
import { type Change, keyOf } from '../core/store';
import type { Kit } from './kit';
import type { Controller } from './runtime';

/** Updates the usage in the status of ResourceQuotas. */
export class Quotas implements Controller {
  private readonly kit: Kit;

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type }: Change): Iterable<string> {
    if (kind.kind === 'Event' || (kind.kind === 'ResourceQuota' && type === 'DELETED')) return;
    const quotas = this.kit.kind('v1', 'ResourceQuota');
    if (kind.kind === 'ResourceQuota') yield keyOf(object);
    else if (this.kit.world.store.table(quotas).size > 0)
      for (const quota of this.kit.all(quotas, textOrEmpty(object, 'metadata', 'namespace'))) yield keyOf(quota);
  }

  reconcile(key: string): undefined {
    const { kit } = this;
    const kind = kit.kind('v1', 'ResourceQuota');
    const quota = kit.get(kind, key);
    if (quota === undefined) return;
    const hard = objAt(quota, 'spec', 'hard');
    const usage = quotaUsage(kit.world, quota);
    const used = Object.fromEntries(Object.keys(hard).map((name) => [name, quantityOf(usage.get(name) ?? 0)]));
    kit.status(kind, quota, { hard, used });
  }
}
