import type { ContainerSpecFields } from '../kube/api-types';
import { seconds } from '../kube/duration';
import type { Drain, WorkloadTraits } from './workload-props';

/** Times of a graceful shutdown, in seconds. */
export interface DrainTimes {
  /** Sleep before SIGTERM, while endpoint changes propagate. */
  readonly delay: number;
  /** Time to finish requests after SIGTERM. */
  readonly timeout: number;
  /** Grace period that covers both. */
  readonly grace: number;
}

/** Resolves the times: those of the workload, else of its runtime, else the defaults. */
export function drainTimes(own: Drain = {}, runtime?: WorkloadTraits['drain']): DrainTimes {
  const delay = seconds(own.delay ?? runtime?.before ?? '15s');
  const timeout = seconds(own.timeout ?? runtime?.finish ?? '30s');
  const grace = own.spare === undefined ? Math.ceil((delay + timeout) * 1.5) : delay + timeout + seconds(own.spare);
  return { delay, timeout, grace };
}

type PreStop = NonNullable<ContainerSpecFields['lifecycle']>['preStop'] & object;

/** The kubelet itself sleeps from Kubernetes 1.30 on; before that, the image must contain `sleep`. */
export function preStopSleep(delay: number, kubernetesVersion = '1.30'): PreStop {
  const minor = Number(kubernetesVersion.split('.')[1]);
  return minor >= 30 ? { sleep: { seconds: delay } } : { exec: { command: ['sleep', String(delay)] } };
}
