import type { Problem } from '../../errors/problem';
import { fieldsAt, listAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { amountsOf, formatQuantity } from '../../kube/quantity';
import { quotaUse, type Rollout } from '../../kube/rollout';

/** What a rollout needs beyond its namespace's quotas. Scoped quotas cover only some pods and are left to the API server. */
export function exceededQuotas(quotas: readonly KubeObject[], demands: readonly Rollout[]): readonly Problem[] {
  return quotas.flatMap((quota) => {
    if (listAt(quota, 'spec', 'scopes').length > 0 || 'scopeSelector' in fieldsAt(quota, 'spec')) return [];
    const hard = amountsOf(fieldsAt(quota, 'status', 'hard'));
    const used = amountsOf(fieldsAt(quota, 'status', 'used'));
    const inside = demands.filter(({ namespace }) => namespace === quota.metadata.namespace);
    const uses = inside.map((one) => ({ ...one, use: quotaUse(one, one.extra) }));
    return Object.keys(hard).flatMap((name): Problem[] => {
      const [limit = 0, taken = 0, more = 0] = [hard[name], used[name], uses.reduce((sum, { use }) => sum + (use[name] ?? 0), 0)];
      if (more === 0 || taken + more <= limit * (1 + 1e-9)) return [];
      const users = uses.filter(({ use }) => (use[name] ?? 0) > 0).map(({ subject }) => subject);
      const surging = inside.some(({ surge }) => surge > 0) ? ', or allow maxUnavailable: 1 so that no extra pod is needed' : '';
      return [
        {
          code: 'QUOTA_EXCEEDED',
          subject: displayName(quota),
          path: name,
          message: `does not suffice for ${users.slice(0, 3).join(', ')}${users.length > 3 ? ' and others' : ''}`,
          got: `${formatQuantity(taken)} used of ${formatQuantity(limit)}, ${formatQuantity(more)} more needed`,
          remedy: `Raise the quota, ask for less${surging}.`,
        },
      ];
    });
  });
}
