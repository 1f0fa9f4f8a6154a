import type { KubeObject } from '../../kube/object';
import { condition } from './fields';
import { current, inProgress, type Status } from './result';

/** What `status` and a release report for a ScaledObject with unavailable metrics. */
export const FALLBACK = 'KEDA keeps the fallback count, because its metrics are unavailable';

/**
 * A ScaledObject is ready when KEDA reports it, or has not reported anything yet. Without Prometheus it keeps its fallback, which
 * is reported but does not block a release.
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/#fallback
 */
export function scaledObjectStatus(object: KubeObject): Status {
  if (condition(object, 'Fallback')?.status === 'True') return current(FALLBACK, 'Fallback');
  const ready = condition(object, 'Ready');
  if (ready === undefined) return current('Exists');
  return ready.status === 'True'
    ? current('Ready')
    : inProgress(ready.reason || 'NotReady', ready.message || `Ready: ${ready.status}`);
}
