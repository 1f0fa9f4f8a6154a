import { textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { countAt } from './fields';
import { unobserved } from './generic';
import { current, firstShort, inProgress, type Status } from './result';

/** A ready pod of the new template on every eligible node. */
export function daemonSetStatus(object: KubeObject): Status {
  const count = (name: string) => countAt(object, ['status', name], 0);
  const desired = countAt(object, ['status', 'desiredNumberScheduled'], undefined);
  if (object.metadata.generation === undefined) return inProgress('NoGeneration', 'It has no generation');
  const unseen = unobserved(object);
  if (unseen !== undefined) return unseen;
  if (desired === undefined) return inProgress('NoDesiredNumber', 'The number of nodes is not known yet');
  // With OnDelete, no controller replaces the old pods.
  const updated =
    textOrEmpty(object, 'spec', 'updateStrategy', 'type') === 'OnDelete' ? desired : count('updatedNumberScheduled');
  const short = firstShort([
    ['LessCurrent', 'Current', count('currentNumberScheduled'), desired],
    ['LessUpdated', 'Updated', updated, desired],
    ['LessAvailable', 'Available', count('numberAvailable'), desired],
    ['LessReady', 'Ready', count('numberReady'), desired],
  ]);
  return short ?? current(`Ready: ${desired}/${desired}`);
}
