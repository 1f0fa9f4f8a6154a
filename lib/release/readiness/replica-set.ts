import type { KubeObject } from '../../kube/object';
import { condition, countAt } from './fields';
import { unobserved } from './generic';
import { current, firstShort, inProgress, type Status } from './result';

/** All replicas labeled, available and ready, with no surplus. */
export function replicaSetStatus(object: KubeObject): Status {
  const failure = condition(object, 'ReplicaFailure');
  if (failure?.status === 'True') return inProgress('ReplicaFailure', failure.message || 'Pods could not be created');
  const count = (name: string) => countAt(object, ['status', name], 0);
  const desired = countAt(object, ['spec', 'replicas'], 1);
  const short = firstShort([
    ['LessLabelled', 'Labelled', count('fullyLabeledReplicas'), desired],
    ['LessAvailable', 'Available', count('availableReplicas'), desired],
    ['LessReady', 'Ready', count('readyReplicas'), desired],
  ]);
  if (short !== undefined) return short;
  if (count('replicas') > desired) return inProgress('ExtraPods', `Pending termination: ${count('replicas') - desired}`);
  return unobserved(object) ?? current(`Ready: ${desired}/${desired}`);
}
