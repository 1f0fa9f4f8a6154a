import { textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { current, inProgress, type Status } from './result';

/** Active; otherwise objects cannot be created in it. */
export function namespaceStatus(object: KubeObject): Status {
  const phase = textOrEmpty(object, 'status', 'phase');
  return phase === 'Active' ? current('Active') : inProgress('NotActive', `Phase: ${phase || 'none yet'}`);
}
