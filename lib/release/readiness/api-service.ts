import type { KubeObject } from '../../kube/object';
import { condition } from './fields';
import { current, inProgress, type Status } from './result';

/** Available: requests to its API group get a response. */
export function apiServiceStatus(object: KubeObject): Status {
  const available = condition(object, 'Available');
  return available?.status === 'True'
    ? current('Available')
    : inProgress(available?.reason || 'NotAvailable', available?.message || 'Not available yet');
}
