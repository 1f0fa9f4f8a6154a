import type { KubeObject } from '../../kube/object';
import { condition, countAt } from './fields';
import { isFinished } from './job';
import { current, failed, inProgress, type Status } from './result';

/** What counts before any rule of a kind: deletion, a controller that has not looked yet, and its explicit word. */
export function beforeRules(object: KubeObject, generation: number): Status | undefined {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  // A finished Job that is being deleted, by its time to live perhaps, has done what it was for.
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

/** For kinds without a rule of their own: what `Ready` says, if there is one. Without it, to exist is enough. */
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

/** For controllers that always say what they have looked at: until then their counts mean nothing. */
export function unobserved(object: KubeObject): Status | undefined {
  if (object.metadata.generation === undefined || countAt(object, ['status', 'observedGeneration'], undefined) !== undefined)
    return undefined;
  return inProgress('NoObservedGeneration', 'Its controller has not observed it yet');
}
