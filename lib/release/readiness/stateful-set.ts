import { textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { countAt } from './fields';
import { unobserved } from './generic';
import { current, firstShort, inProgress, type Status } from './result';

/** All replicas ready, and of the new revision as far as the update strategy allows. */
export function statefulSetStatus(object: KubeObject): Status {
  if (textOrEmpty(object, 'spec', 'updateStrategy', 'type') === 'OnDelete')
    return current('Updated when its pods are deleted (OnDelete)');
  const count = (name: string) => countAt(object, ['status', name], 0);
  const desired = countAt(object, ['spec', 'replicas'], 1);
  const needsTime = countAt(object, ['spec', 'minReadySeconds'], 0) > 0;
  const short = firstShort([
    ['LessReplicas', 'Replicas', count('replicas'), desired],
    ['LessReady', 'Ready', count('readyReplicas'), desired],
    ['LessAvailable', 'Available', needsTime ? count('availableReplicas') : desired, desired],
  ]);
  if (short !== undefined) return short;
  if (count('replicas') > desired) return inProgress('ExtraPods', `Pending termination: ${count('replicas') - desired}`);
  const partition = countAt(object, ['spec', 'updateStrategy', 'rollingUpdate', 'partition'], undefined);
  if (partition !== undefined) {
    const rolledOut = firstShort([['PartitionRollout', 'Updated', count('updatedReplicas'), Math.max(0, desired - partition)]]);
    return rolledOut ?? unobserved(object) ?? current(`Ready: ${desired}/${desired}, updated: ${count('updatedReplicas')}`);
  }
  const lessCurrent = firstShort([['LessCurrent', 'Current', count('currentReplicas'), desired]]);
  if (lessCurrent !== undefined) return lessCurrent;
  const [now, next] = [textOrEmpty(object, 'status', 'currentRevision'), textOrEmpty(object, 'status', 'updateRevision')];
  if (now !== next) return inProgress('RevisionMismatch', `Waiting for revision ${next}`);
  return unobserved(object) ?? current(`Ready: ${desired}/${desired}`);
}
