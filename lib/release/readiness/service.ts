import { listAt, textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { current, inProgress, type Status } from './result';

/** A load balancer needs its addresses, internal and (unlike in kstatus) external; any other Service is ready at once. */
export function serviceStatus(object: KubeObject): Status {
  if (textOrEmpty(object, 'spec', 'type') !== 'LoadBalancer') return current('Exists');
  if (textOrEmpty(object, 'spec', 'clusterIP') === '') return inProgress('NoIPAssigned', 'No cluster IP yet');
  const addresses = listAt(object, 'status', 'loadBalancer', 'ingress').map(
    (entry) => textOrEmpty(entry, 'ip') || textOrEmpty(entry, 'hostname'),
  );
  return addresses.length > 0
    ? current(`Address: ${addresses.join(', ')}`)
    : inProgress('NoAddressAssigned', 'No address from the load balancer yet');
}
