import { badRequest } from '../../api-schema/failure';
import { objAt, objsAt } from '../../api-schema/json';
import type { TransportResponse } from '../../client/transport';
import { type Obj, textOrEmpty } from '../../kube/fields';
import type { World } from '../core/world';
import type { ApiRequest } from './request';
import { respond } from './respond';

/** Key of a container's log lines. */
export const logKey = (pod: Obj, container: string, previous = false): string =>
  `${textOrEmpty(pod, 'metadata', 'namespace')}/${textOrEmpty(pod, 'metadata', 'name')}/${container}${previous ? '/previous' : ''}`;

/** Reads the current logs of a pod's container. */
export function readLogs(world: World, pod: Obj, request: ApiRequest): TransportResponse {
  const name = textOrEmpty(pod, 'metadata', 'name');
  const containers = objsAt(pod, 'spec', 'containers').map((container) => textOrEmpty(container, 'name'));
  const wanted = request.query.get('container') ?? containers[0] ?? '';
  if (request.query.get('container') === null && containers.length > 1) {
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]`);
  }
  if (!containers.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  const previous = request.query.get('previous') === 'true';
  const status = objsAt(pod, 'status', 'containerStatuses').find((entry) => entry.name === wanted);
  const waiting = textOrEmpty(status, 'state', 'waiting', 'reason');
  const restarts = Number(objAt({ status }, 'status').restartCount ?? 0);
  if (previous && restarts === 0) throw badRequest(`previous terminated container "${wanted}" in pod "${name}" not found`);
  if (!previous && status === undefined)
    throw badRequest(`container "${wanted}" in pod "${name}" is waiting to start: no status`);
  if (!previous && waiting !== '' && waiting !== 'CrashLoopBackOff') {
    throw badRequest(`container "${wanted}" in pod "${name}" is waiting to start: ${waiting}`);
  }
  const lines = world.logs.get(logKey(pod, wanted, previous)) ?? [];
  const tail = request.query.get('tailLines');
  const shown = tail === null ? lines : lines.slice(-Number(tail));
  return respond(200, shown.map((line) => `${line}\n`).join(''), { 'content-type': 'text/plain' });
}
