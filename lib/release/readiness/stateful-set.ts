import type { KubeObject } from '../../kube/object';
import { numberAt, textAt } from './fields';
import { unobserved } from './generic';
import { current, firstShort, inProgress, type Status } from './result';

/** All replicas ready, and of the new revision as far as the update strategy goes. */
export function statefulSetStatus(object: KubeObject): Status {
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete')
    return current('Updated when its pods are deleted (OnDelete)');
  const count = (name: string) => numberAt(object, ['status', name], 0);
  const desired = numberAt(object, ['spec', 'replicas'], 1);
  const needsTime = numberAt(object, ['spec', 'minReadySeconds'], 0) > 0;
  const short = firstShort([
    ['LessReplicas', 'Replicas', count('replicas'), desired],
    ['LessReady', 'Ready', count('readyReplicas'), desired],
    ['LessAvailable', 'Available', needsTime ? count('availableReplicas') : desired, desired],
  ]);
  if (short !== undefined) return short;
  if (count('replicas') > desired) return inProgress('ExtraPods', `Pending termination: ${count('replicas') - desired}`);
  const partition = numberAt(object, ['spec', 'updateStrategy', 'rollingUpdate', 'partition'], undefined);
  if (partition !== undefined) {
    const rolledOut = firstShort([['PartitionRollout', 'Updated', count('updatedReplicas'), Math.max(0, desired - partition)]]);
    return rolledOut ?? unobserved(object) ?? current(`Ready: ${desired}/${desired}, updated: ${count('updatedReplicas')}`);
  }
  const lessCurrent = firstShort([['LessCurrent', 'Current', count('currentReplicas'), desired]]);
  if (lessCurrent !== undefined) return lessCurrent;
  const [now, next] = [textAt(object, 'status', 'currentRevision'), textAt(object, 'status', 'updateRevision')];
  if (now !== next) return inProgress('RevisionMismatch', `Waiting for revision ${next}`);
  return unobserved(object) ?? current(`Ready: ${desired}/${desired}`);
}
