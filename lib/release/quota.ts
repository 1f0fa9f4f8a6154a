import type { Problem } from '../errors/problem';
import { displayName, type KubeObject } from '../kube/object';
import type { Demand } from './demand';
import { fieldsAt, listAt } from './json';
import { add, type Quantities, quantitiesOf } from './quantity';

/** What a rollout needs beyond what its namespace's quotas leave. Scoped quotas count only some pods and are left to the API server. */
export function exceededQuotas(quotas: readonly KubeObject[], demands: readonly Demand[]): readonly Problem[] {
  return quotas.flatMap((quota) => {
    if (listAt(quota, 'spec', 'scopes').length > 0 || 'scopeSelector' in fieldsAt(quota, 'spec')) return [];
    const hard = quantitiesOf(fieldsAt(quota, 'status', 'hard'));
    const used = quantitiesOf(fieldsAt(quota, 'status', 'used'));
    const inside = demands.filter(({ namespace }) => namespace === quota.metadata.namespace);
    const needed = inside.map(neededBy).reduce(add, {});
    return Object.keys(hard).flatMap((name): Problem[] => {
      const [limit = 0, taken = 0, more = 0] = [hard[name], used[name], needed[name]];
      if (more === 0 || taken + more <= limit * (1 + 1e-9)) return [];
      const users = inside.filter((demand) => (neededBy(demand)[name] ?? 0) > 0).map(({ subject }) => subject);
      const surge = inside.some(({ mustSurge }) => mustSurge)
        ? ', or allow maxUnavailable: 1 so that no extra pod is needed'
        : '';
      return [
        {
          code: 'QUOTA_EXCEEDED',
          subject: displayName(quota),
          path: name,
          message: `does not suffice for ${users.slice(0, 3).join(', ')}${users.length > 3 ? ' and others' : ''}`,
          got: `${shown(taken)} used of ${shown(limit)}, ${shown(more)} more needed`,
          remedy: `Raise the quota, ask for less${surge}.`,
        },
      ];
    });
  });
}

/** Everything that quotas count about the extra pods of a demand. */
function neededBy({ requests, limits, extra }: Demand): Quantities {
  const needed: Record<string, number> = { pods: extra, 'count/pods': extra };
  for (const [name, amount] of Object.entries(requests)) {
    needed[`requests.${name}`] = amount * extra;
    if (name === 'cpu' || name === 'memory') needed[name] = amount * extra;
  }
  for (const [name, amount] of Object.entries(limits)) needed[`limits.${name}`] = amount * extra;
  return needed;
}

function shown(amount: number): string {
  if (amount >= 2 ** 30) return `${Math.round((amount / 2 ** 30) * 10) / 10}Gi`;
  return amount >= 2 ** 20 ? `${Math.round(amount / 2 ** 20)}Mi` : String(Math.round(amount * 1000) / 1000);
}
