/**
 * What determines the share of a candidate:
 * - `route`: the weights of an HTTPRoute or GRPCRoute
 * - `service`: the selector of the Service, all or nothing
 * - `replicas`: its share of the pods behind the Service
 */
export const SPLITS = ['route', 'service', 'replicas'] as const;
/** What determines the share of a candidate. */
export type Split = (typeof SPLITS)[number];

/** Pods that a candidate needs for this percent of requests, next to this number of stable pods. */
export function replicasFor(percent: number, stable: number, split: Split): number {
  // A route determines the share; the candidate must be able to serve it.
  if (split !== 'replicas') return Math.max(1, Math.ceil((stable * percent) / 100));
  if (percent >= 100) return Math.max(1, stable);
  return Math.max(1, Math.min(stable, Math.round((stable * percent) / (100 - percent))));
}

/** Percent of requests that actually reach the candidate, with one decimal. */
export function shareOf(percent: number, candidate: number, stable: number, split: Split): number {
  return split === 'replicas' ? Math.round((1000 * candidate) / (candidate + stable)) / 10 : percent;
}
