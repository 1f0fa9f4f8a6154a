import type { KubeObject } from '../../kube/object';
import { condition, countAt } from './fields';
import { isFinished } from './job';
import { current, failed, inProgress, type Status } from './result';

/** Checks that precede any rule of a kind: deletion, a controller that has not observed the object, and its explicit status. */
export function beforeRules(object: KubeObject, generation: number): Status | undefined {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  // A finished Job that is being deleted, for example by its TTL, has done its work.
  if (deletionTimestamp !== undefined && !isFinished(object)) {
    const waiting = finalizers.length === 0 ? '' : `, waiting for ${finalizers.join(', ')}`;
    return { status: 'Terminating', reason: 'Terminating', message: `Deleted at ${deletionTimestamp}${waiting}` };
  }
  const observed = countAt(object, ['status', 'observedGeneration'], undefined);
  if ((object.metadata.generation ?? generation) < generation || (observed !== undefined && observed < generation)) {
    return inProgress(
      'LatestGenerationNotObserved',
      `Observed generation: ${observed ?? object.metadata.generation}/${generation}`,
    );
  }
  const [reconciling, stalled] = [condition(object, 'Reconciling'), condition(object, 'Stalled')];
  if (reconciling?.status === 'True')
    return inProgress(reconciling.reason || 'Reconciling', reconciling.message || 'Reconciling');
  if (stalled?.status === 'True') return failed(stalled.reason || 'Stalled', stalled.message || 'Stalled');
  return undefined;
}

/** For kinds without their own rule: the `Ready` condition, if any. Without it, existing is enough. */
export function byReadyCondition(object: KubeObject, generation: number): Status {
  const ready = condition(object, 'Ready');
  if (ready === undefined) return current('Exists');
  if ((ready.observedGeneration ?? generation) < generation) {
    return inProgress('LatestGenerationNotObserved', `Ready is of generation ${ready.observedGeneration}/${generation}`);
  }
  return ready.status === 'True'
    ? current('Ready')
    : inProgress(ready.reason || 'NotReady', ready.message || `Ready: ${ready.status}`);
}

/** For controllers that always report the observed generation: until then their counts mean nothing. */
export function unobserved(object: KubeObject): Status | undefined {
  if (object.metadata.generation === undefined || countAt(object, ['status', 'observedGeneration'], undefined) !== undefined)
    return undefined;
  return inProgress('NoObservedGeneration', 'Its controller has not observed it yet');
}
