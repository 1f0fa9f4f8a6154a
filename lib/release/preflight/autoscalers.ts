import type { Problem } from '../../errors/problem';
import { displayName } from '../../kube/object';
import type { Plan } from '../model/plan';
import { readinessOf } from '../readiness';
import { FALLBACK } from '../readiness/scaled-object';

/** Autoscalers that use a fallback count: reported, because nothing else in the release depends on it. */
export function autoscalersWithoutMetrics({ objects }: Plan): readonly Problem[] {
  return objects.flatMap(({ live }) => {
    if (live?.kind !== 'ScaledObject' || readinessOf(live).reason !== 'Fallback') return [];
    const remedy = 'Check that Prometheus responds at the address of its trigger.';
    return [{ code: 'METRICS_UNAVAILABLE', subject: displayName(live), message: FALLBACK, remedy }];
  });
}
