import { at, textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { current, failed, inProgress, type Status } from './result';

/**
 * Bound. A pending claim may wait for its first consumer on purpose, and only its StorageClass says so, which is another object.
 * To wait for such a claim would wait forever when its consumer comes later. So a pending claim counts as current until a
 * node is chosen for it, or when the caller knows that its class binds at once; the pods that use it are not ready without it
 * anyway, and that is where a claim that is never bound comes to light.
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
