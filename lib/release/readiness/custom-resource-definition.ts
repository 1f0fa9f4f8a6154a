import type { KubeObject } from '../../kube/object';
import { condition } from './fields';
import { current, failed, inProgress, type Status } from './result';

/** Established: its kind can be used. */
export function customResourceDefinitionStatus(object: KubeObject): Status {
  const [names, established] = [condition(object, 'NamesAccepted'), condition(object, 'Established')];
  if (names?.status === 'False') return failed(names.reason || 'NamesNotAccepted', names.message || 'Its names are taken');
  if (established?.status === 'True') return current('Established');
  if (established?.status === 'False' && established.reason !== 'Installing') {
    return failed(established.reason || 'NotEstablished', established.message || 'Not established');
  }
  return inProgress('Installing', established?.message || 'Not established yet');
}
