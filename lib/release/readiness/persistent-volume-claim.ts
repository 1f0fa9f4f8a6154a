import { at, textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { current, failed, inProgress, type Status } from './result';

/**
 * Bound. A pending PVC may wait for its first consumer intentionally, and only its StorageClass, another object, shows that.
 * Waiting for such a PVC would never end when its consumer comes later. So a pending PVC counts as current until a node is
 * chosen for it, unless the caller knows that its class binds at once. The pods that use it are not ready without it anyway,
 * and they reveal a PVC that is never bound.
 */
export function persistentVolumeClaimStatus(object: KubeObject, bindingMode?: string): Status {
  const phase = textOrEmpty(object, 'status', 'phase');
  if (phase === 'Bound') return current(`Bound: ${textOrEmpty(object, 'spec', 'volumeName')}`, 'Bound');
  if (phase === 'Lost') return failed('Lost', `Its volume ${textOrEmpty(object, 'spec', 'volumeName')} is gone`);
  const consumed = at(object, 'metadata', 'annotations', 'volume.kubernetes.io/selected-node') !== undefined;
  if (phase === 'Pending' && !consumed && bindingMode !== 'Immediate')
    return current('Bound when a pod uses it', 'WaitsForConsumer');
  return inProgress('NotBound', `Phase: ${phase || 'none yet'}`);
}
