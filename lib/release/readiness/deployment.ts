import type { KubeObject } from '../../kube/object';
import { condition, countAt } from './fields';
import { unobserved } from './generic';
import { current, failed, firstShort, inProgress, type Status } from './result';

/** The rules of `kubectl rollout status` and kstatus: all replicas from the new template, ready and available, and none old. */
export function deploymentStatus(object: KubeObject): Status {
  const count = (name: string) => countAt(object, ['status', name], 0);
  const desired = countAt(object, ['spec', 'replicas'], 1);
  const [replicas, updated] = [count('replicas'), count('updatedReplicas')];
  const [progressing, available] = [condition(object, 'Progressing'), condition(object, 'Available')];

  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return failed('ProgressDeadlineExceeded', progressing.message || 'Progress deadline exceeded');
  const short = firstShort([
    ['LessReplicas', 'Replicas', replicas, desired],
    ['LessUpdated', 'Updated', updated, desired],
  ]);
  if (short !== undefined) return short;
  if (replicas > desired) return inProgress('ExtraPods', `Pending termination: ${replicas - desired}`);
  const notYet = firstShort([
    ['LessAvailable', 'Available', count('availableReplicas'), updated],
    ['LessReady', 'Ready', count('readyReplicas'), desired],
  ]);
  if (notYet !== undefined) return notYet;
  // Without a deadline the controller does not report progress.
  const hasDeadline = countAt(object, ['spec', 'progressDeadlineSeconds'], undefined) !== undefined;
  if (hasDeadline && !(progressing?.status === 'True' && progressing.reason === 'NewReplicaSetAvailable')) {
    return inProgress('ReplicaSetNotAvailable', 'The new ReplicaSet is not available');
  }
  if (available?.status !== 'True') return inProgress('DeploymentNotAvailable', available?.message || 'Not available');
  return unobserved(object) ?? current(`Available: ${desired}/${desired}`);
}
