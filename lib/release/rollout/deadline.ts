import { fieldsAt, listAt, numberAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { podTemplatesOf } from '../../kube/pod-spec';

/** The API server's default for `progressDeadlineSeconds`. */
const PROGRESS_SECONDS = 600;
/** Time for the phases before the probes: scheduling, and starting a container with a cached image. */
const START_SECONDS = 60;

/**
 * How long a workload may go without progress before the release fails, in milliseconds: its own progress deadline, or the
 * startup time that its probes allow, whichever is longer.
 */
export function patienceFor(workload: KubeObject): number {
  const progress = numberAt(workload, 'spec', 'progressDeadlineSeconds') ?? PROGRESS_SECONDS;
  return Math.max(progress, startupTimeout(workload) + START_SECONDS) * 1000;
}

/** Whether probes allow a container more time than the Deployment controller does: the controller's verdict is then not final. */
export function outlivesProgressDeadline(workload: KubeObject): boolean {
  return startupTimeout(workload) > (numberAt(workload, 'spec', 'progressDeadlineSeconds') ?? PROGRESS_SECONDS);
}

/** Seconds until the startup or readiness probe of a workload's slowest container must have succeeded. */
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
