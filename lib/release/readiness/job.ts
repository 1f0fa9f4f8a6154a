import { at, textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { condition, countAt } from './fields';
import { current, failed, inProgress, type Status } from './result';

/** Whether a Job has ended, successfully or not. */
export function isFinished(object: KubeObject): boolean {
  return object.kind === 'Job' && ['Complete', 'Failed'].some((type) => condition(object, type)?.status === 'True');
}

/**
 * Current when complete. kstatus calls a running Job current; here it is in progress, because the release waits for its end.
 * A suspended Job matches its manifest.
 */
export function jobStatus(object: KubeObject): Status {
  const count = (name: string) => countAt(object, ['status', name], 0);
  const done = `Succeeded: ${count('succeeded')}/${countAt(object, ['spec', 'completions'], 1)}`;
  const [complete, failure, suspended] = [
    condition(object, 'Complete'),
    condition(object, 'Failed'),
    condition(object, 'Suspended'),
  ];
  if (complete?.status === 'True') return current(done, 'JobComplete');
  if (failure?.status === 'True') {
    const why = [failure.reason, failure.message].filter(Boolean).join(': ');
    return failed('JobFailed', `${done}, failed: ${count('failed')}${why === '' ? '' : ` (${why})`}`);
  }
  const suspend = at(object, 'spec', 'suspend') === true;
  if (suspend && suspended?.status === 'True') return current('Suspended', 'JobSuspended');
  if (suspend) return inProgress('JobSuspending', `Active: ${count('active')}`);
  if (suspended?.status === 'True') return inProgress('JobResuming', 'Still suspended');
  if (textOrEmpty(object, 'status', 'startTime') === '') return inProgress('JobNotStarted', 'Not started');
  return inProgress('JobInProgress', `${done}, active: ${count('active')}, failed: ${count('failed')}`);
}
