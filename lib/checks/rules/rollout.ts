import { fieldsAt } from '../../kube/fields';
import { displayName } from '../../kube/object';
import { limitsOf, type Rollout, requestsOf, surgeOf } from '../../kube/rollout';
import type { Inventory, Workload } from '../inventory/inventory';
import { podCounts } from './disruption-budget';

const known = new WeakMap<Inventory, readonly WorkloadRollout[]>();

/** A rollout, with its workload. */
interface WorkloadRollout extends Rollout {
  readonly workload: Workload;
}

/** Rollouts of all permanent workloads, starting from none: the nodes need room while each is replaced once. */
export function rolloutsOf(all: Inventory): readonly WorkloadRollout[] {
  const found = known.get(all) ?? compute(all);
  known.set(all, found);
  return found;
}

function compute(all: Inventory): readonly WorkloadRollout[] {
  return all.workloads.flatMap((workload) => {
    const { object, namespace, labels, spec } = workload;
    if (!['Deployment', 'StatefulSet', 'ReplicaSet'].includes(object.kind)) return [];
    const replicas = podCounts(all, workload).max;
    const surge = surgeOf(object, replicas);
    const own = fieldsAt(object, 'spec', 'selector', 'matchLabels');
    const [requests, limits] = [requestsOf(spec), limitsOf(spec)];
    return [
      {
        workload,
        subject: displayName(object),
        namespace,
        own,
        labels,
        spec,
        requests,
        limits,
        replicas,
        extra: replicas + surge,
        surge,
      },
    ];
  });
}
