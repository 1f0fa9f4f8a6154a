import { fieldsAt, listAt, numberAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { podTemplatesOf } from '../../kube/pod-spec';

/** The API server's default for `progressDeadlineSeconds`. */
const PROGRESS_SECONDS = 600;
/** Time for what comes before the probes: scheduling, and starting a container whose image is there. */
const START_SECONDS = 60;

/**
 * How long a workload may go without any progress before it is given up, in milliseconds: its own progress deadline, or what its
 * probes allow its containers for starting, whichever is longer.
 */
export function patienceFor(workload: KubeObject): number {
  const progress = numberAt(workload, 'spec', 'progressDeadlineSeconds') ?? PROGRESS_SECONDS;
  return Math.max(progress, startupTimeout(workload) + START_SECONDS) * 1000;
}

/** Whether probes allow a container more time than the Deployment controller does: its word is then not the last one. */
export function outlivesProgressDeadline(workload: KubeObject): boolean {
  return startupTimeout(workload) > (numberAt(workload, 'spec', 'progressDeadlineSeconds') ?? PROGRESS_SECONDS);
}

/** Seconds that the slowest container of a workload may take until its startup or readiness probe has to have succeeded. */
function startupTimeout(workload: KubeObject): number {
  const containers = podTemplatesOf(workload).flatMap(({ spec }) => listAt(spec, 'containers'));
  return Math.max(0, ...containers.map((container) => budget(container, 'startupProbe') + budget(container, 'readinessProbe')));
}

function budget(container: unknown, name: string): number {
  const probe = fieldsAt(container, name);
  if (Object.keys(probe).length === 0) return 0;
  const seconds = (field: string, otherwise: number) => numberAt(probe, field) ?? otherwise;
  return seconds('initialDelaySeconds', 0) + seconds('periodSeconds', 10) * seconds('failureThreshold', 3);
}
