import { fieldsAt } from '../kube/fields';
import { displayName } from '../kube/object';
import { limitsOf, type Rollout, requestsOf, surgeOf } from '../kube/rollout';
import type { Inventory } from './inventory';
import { podCounts } from './rules/disruption-budget';

/** The rollouts of all workloads that stay, from nothing: what the nodes have to hold while every one of them is replaced once. */
export function rolloutsOf(all: Inventory): readonly Rollout[] {
  return all.workloads.flatMap((workload) => {
    const { object, namespace, labels, spec } = workload;
    if (!['Deployment', 'StatefulSet', 'ReplicaSet'].includes(object.kind)) return [];
    const replicas = podCounts(all, workload).max;
    const surge = surgeOf(object, replicas);
    const own = fieldsAt(object, 'spec', 'selector', 'matchLabels');
    const [requests, limits] = [requestsOf(spec), limitsOf(spec)];
    return [
      { subject: displayName(object), namespace, own, labels, spec, requests, limits, replicas, extra: replicas + surge, surge },
    ];
  });
}
