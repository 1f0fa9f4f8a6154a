import { boundsOf } from '../../kube/autoscaler';
import { at, numberAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { type Inventory, namespaceOf, type Workload } from '../inventory/inventory';
import { type Found, rule, say } from '../model/rule';

const coveredBy = (all: Inventory, budget: KubeObject) => all.selected(namespaceOf(budget), at(budget, 'spec', 'selector'));

/** A PodDisruptionBudget that protects no pods. */
export const danglingBudget = rule('DANGLING_BUDGET', 'error', 'Select by labels that the pods have.', (all) =>
  all.ofKind('PodDisruptionBudget').flatMap((object): readonly Found[] => {
    if (coveredBy(all, object).length > 0) return [];
    const severity = all.hasCustom(namespaceOf(object)) || all.workloads.length === 0 ? 'warning' : 'error';
    return [{ object, path: 'spec.selector', message: 'the selector finds no pods', severity }];
  }),
);

/** Minimum and maximum number of a workload's pods. */
export function podCounts(all: Inventory, workload: Workload): { readonly min: number; readonly max: number } {
  const autoscaler = all.autoscalerOf(workload);
  const replicas = numberAt(workload.object, 'spec', 'replicas') ?? 1;
  return autoscaler === undefined ? { min: replicas, max: replicas } : boundsOf(autoscaler, replicas);
}

const percent = (value: unknown) =>
  typeof value === 'string' && value.endsWith('%') ? Number.parseInt(value, 10) / 100 : undefined;

/** A PodDisruptionBudget that never allows an eviction: no node can be drained or upgraded. */
export const budgetBlocks = rule(
  'BUDGET_BLOCKS_DRAIN',
  'error',
  'Use maxUnavailable: 1, which holds whatever the count is.',
  (all) =>
    all.ofKind('PodDisruptionBudget').flatMap((object): readonly Found[] => {
      const { minAvailable, maxUnavailable } = (object.spec ?? {}) as {
        readonly minAvailable?: unknown;
        readonly maxUnavailable?: unknown;
      };
      if (maxUnavailable === 0 || maxUnavailable === '0%')
        return [{ object, path: 'spec.maxUnavailable', message: 'no pod may ever be evicted', got: maxUnavailable }];
      if (minAvailable === undefined) return [];
      return coveredBy(all, object).flatMap((workload): readonly Found[] => {
        const { min } = podCounts(all, workload);
        const share = percent(minAvailable);
        const needed = share === undefined ? Number(minAvailable) : Math.ceil(share * min);
        if (min === 0 || needed < min) return [];
        const message = `${displayName(workload.object)} can scale down to ${min} pods, and none of them may be evicted`;
        return [{ object, path: 'spec.minAvailable', message, got: minAvailable }];
      });
    }),
  'kube-linter:pdb-max-unavailable kube-linter:pdb-min-available polaris:pdbMinAvailableGreaterThanOrEqualToHPAMinReplicas',
);

/** Two PodDisruptionBudgets for one pod: the eviction API returns an error, so drains stop. */
export const budgetCollision = rule('BUDGET_COLLISION', 'error', 'Keep one budget for each pod.', (all) =>
  all.workloads.flatMap((workload): readonly Found[] => {
    const [, second] = all.selecting('PodDisruptionBudget', workload);
    if (second === undefined) return [];
    return say(second, 'spec.selector', `another budget covers the pods of ${displayName(workload.object)} already`);
  }),
);

/** Several pods without a PodDisruptionBudget: node drains may evict all of them at once. */
export const budgetMissing = rule(
  'BUDGET_MISSING',
  'warning',
  'Add a PodDisruptionBudget with maxUnavailable: 1.',
  (all) =>
    all.workloads.flatMap((workload): readonly Found[] => {
      const { object } = workload;
      if (!['Deployment', 'StatefulSet'].includes(object.kind) || podCounts(all, workload).min < 2) return [];
      if (all.selecting('PodDisruptionBudget', workload).length > 0) return [];
      return [{ object, message: 'no disruption budget covers its pods', got: `${podCounts(all, workload).min} pods` }];
    }),
  'kube-score:deployment-has-poddisruptionbudget kube-score:statefulset-has-poddisruptionbudget polaris:missingPodDisruptionBudget',
);
