import { ServingError } from '../../errors/problem';
import { displayName, type KubeObject } from '../../kube/object';

/** The error of a write whose object is no longer what the plan has seen. */
export function changedSince(object: KubeObject, message: string): ServingError {
  const remedy = 'Run it again: the next plan shows what is there now.';
  return new ServingError([{ code: 'OBJECT_CHANGED', subject: displayName(object), message, remedy }]);
}
