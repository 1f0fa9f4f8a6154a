import { at, type Fields, fieldsAt, textAt } from '../kube/fields';
import { type Amounts, amountsOf } from '../kube/nodes';
import { displayName } from '../kube/object';
import type { Inventory, Workload } from './inventory';
import { itemsAt } from './inventory';
import { podCounts } from './rules/disruption-budget';
import { podsOf } from './timing';

/** The pods that a rollout needs at its worst moment. */
export interface Rollout {
  /** `Deployment/fraud-model`. */
  readonly subject: string;
  readonly namespace: string;
  /** Labels by which the workload finds its own pods. */
  readonly own: Fields;
  /** Labels and spec of the new pods. */
  readonly labels: Fields;
  readonly spec: Fields;
  /** What one pod requests. */
  readonly requests: Amounts;
  /** Pods that there may be in the end. */
  readonly replicas: number;
  /** Pods that have to fit beside those that are there: all of them where none is there yet. */
  readonly extra: number;
  /** How many have to be ready before an old one may go; nought when old ones go first. */
  readonly surge: number;
}

/** What one pod requests: the sum of its containers, or its largest init container where that is more. A limit alone is a request. */
export function requestsOf(spec: Fields): Amounts {
  const of = (container: unknown) => ({
    ...amountsOf(at(container, 'resources', 'limits')),
    ...amountsOf(at(container, 'resources', 'requests')),
  });
  const total: Record<string, number> = {};
  for (const container of itemsAt(spec, 'containers')) {
    for (const [name, amount] of Object.entries(of(container))) total[name] = (total[name] ?? 0) + amount;
  }
  for (const container of itemsAt(spec, 'initContainers')) {
    for (const [name, amount] of Object.entries(of(container))) total[name] = Math.max(total[name] ?? 0, amount);
  }
  return total;
}

/** The rollouts of all workloads that stay, from nothing: what the nodes have to hold while every one of them is replaced once. */
export function rolloutsOf(all: Inventory): readonly Rollout[] {
  return all.workloads.flatMap((workload) => {
    const { object, namespace, labels, spec } = workload;
    if (!['Deployment', 'StatefulSet', 'ReplicaSet'].includes(object.kind)) return [];
    const replicas = podCounts(all, workload).max;
    const surge = replicas === 0 ? 0 : surgeOf(workload, replicas);
    const own = fieldsAt(object, 'spec', 'selector', 'matchLabels');
    return [
      {
        subject: displayName(object),
        namespace,
        own,
        labels,
        spec,
        requests: requestsOf(spec),
        replicas,
        extra: replicas + surge,
        surge,
      },
    ];
  });
}

/** Pods that a Deployment has to start before it may stop one: as many as it may, when none may be missing. */
function surgeOf({ object }: Workload, replicas: number): number {
  if (object.kind !== 'Deployment' || textAt(object, 'spec', 'strategy', 'type') === 'Recreate') return 0;
  const { maxUnavailable = '25%' } = fieldsAt(object, 'spec', 'strategy', 'rollingUpdate');
  return podsOf(maxUnavailable, replicas, Math.floor) === 0 ? 1 : 0;
}
