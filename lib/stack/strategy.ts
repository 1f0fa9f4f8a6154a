import type { Testers } from '../canary/strategy';
import { type DurationLike, seconds } from '../kube/duration';
import type { HttpUrl } from '../kube/host';
import type { Percent, Steps } from '../kube/literals';
import type { ServiceObjectives } from './objectives';

/** A bound on a latency. */
export interface LatencyTarget {
  /** Quantile to compare. @default 'p99' */
  readonly quantile?: 'p50' | 'p90' | 'p95' | 'p99';
  /** Maximum value in seconds. @default - only compared */
  readonly max?: number;
  /** Maximum ratio of the new version's latency to the stable one's. @default 1.5 */
  readonly maxRatio?: number;
}

/** A bound on the fraction of failed requests. */
export interface ErrorTarget {
  /** Maximum fraction, such as 0.01. @default - only compared */
  readonly max?: number;
  /** Maximum ratio of the new version's error rate to the stable one's. @default 1.5 */
  readonly maxRatio?: number;
  /** PromQL for the number of failed requests, with `$pods` and `$window`. @default - the runtime's series */
  readonly query?: string;
}

/** A bound on differing responses of mirrored pairs, if the application compares and counts them. */
export interface PairsTarget {
  /** PromQL for the number of compared pairs, with `$pods` for the new version's pods and `$window`. */
  readonly compared: string;
  /** PromQL for the number of differing pairs. */
  readonly different: string;
  /** Maximum fraction, such as 0.02. */
  readonly max: number;
}

/** A bound on the value of a query. */
export type QueryTarget = QueryBounds & ({ readonly max: number } | { readonly min: number } | { readonly maxRatio: number });

/** A query and its bounds, of which at least one is set. */
export interface QueryBounds {
  /** PromQL for one number, with `$pods` for label matchers and `$window` for the time to look back. */
  readonly query: string;
  /** Maximum value. @default - no upper bound */
  readonly max?: number;
  /** Minimum value. @default - no lower bound */
  readonly min?: number;
  /** Maximum ratio of the new version's value to the stable one's. @default - not compared */
  readonly maxRatio?: number;
}

/** Measurements of each step of a strategy. The runtime knows the series. */
export interface MeasureOptions {
  /** Prometheus URL inside the cluster, such as `http://prometheus.monitoring:9090`. */
  readonly prometheus: HttpUrl;
  /** Minimum number of requests per step; with fewer, the step is inconclusive, never passed. @default 50 */
  readonly minRequests?: number;
  /** PromQL for the number of requests. @default - the runtime's histogram of request durations */
  readonly requests?: string;
  /** Objectives of the server, as in `Objectives`: bounds for every step. @default - none */
  readonly objectives?: ServiceObjectives;
  /** Failed requests. @default - as in `objectives`, or not measured */
  readonly errors?: ErrorTarget;
  /** Request duration. @default - as in `objectives`, or not measured */
  readonly requestSeconds?: LatencyTarget;
  /** Time to first token. @default - as in `objectives`, or not measured */
  readonly firstTokenSeconds?: LatencyTarget;
  /** Mirrored pairs with differing responses; fewer than `minRequests` pairs are inconclusive. @default - not measured */
  readonly pairs?: PairsTarget;
  /** Custom queries, by name. @default - none */
  readonly queries?: Readonly<Record<string, QueryTarget>>;
}

/** Settings shared by all release strategies. */
export interface StrategyOptions {
  /** Duration of each step. @default '5m' */
  readonly hold?: DurationLike;
  /** Maximum time for an inconclusive step after its hold. @default - three times the hold */
  readonly patience?: DurationLike;
  /** Measurements of each step. @default - only that the new pods stay ready */
  readonly measure?: MeasureOptions;
}

/** Settings for `canary`. */
export interface CanaryOptions extends StrategyOptions {
  /** Percentages of the requests per step, ascending. */
  readonly steps: readonly number[];
  /** Requests that always reach the new version; needs a `Route`. @default - none */
  readonly testers?: Testers;
}

/** Settings for `shadow`. */
export interface ShadowOptions extends StrategyOptions {
  /** Percentage of the requests mirrored to the new version. @default 100 */
  readonly percent?: number;
}

/** Settings for `blueGreen`. */
export interface BlueGreenOptions extends StrategyOptions {
  /** Requests that reach the new version before all others; needs a `Route`. @default - none */
  readonly testers?: Testers;
}

/** How a release shifts traffic to the new version of a model server. */
export interface ReleaseStrategy extends StrategyOptions {
  /** Type of strategy, set by `canary`, `shadow` and `blueGreen`. */
  readonly type: 'canary' | 'shadow' | 'blueGreen';
  /** Percentages of a canary's requests per step. @default - none: for other types */
  readonly steps?: readonly number[];
  /** Percentage of the requests that a shadow mirrors. @default - none: for other types */
  readonly percent?: number;
  /** Requests that always reach the new version. @default - none */
  readonly testers?: Testers;
}

/**
 * A release that gives the new version a growing fraction of the requests, and rolls back if it performs worse.
 *
 * @example
 * const strategy = canary({
 *   steps: [10, 50, 100],
 *   hold: '5m',
 *   measure: { prometheus: 'http://prometheus.monitoring:9090', requestSeconds: { quantile: 'p99', max: 0.5 } },
 * });
 */
export function canary<const Given extends readonly number[]>(
  options: Omit<CanaryOptions, 'steps'> & {
    /** Percentages of the requests per step, ascending. */
    readonly steps: Steps<Given>;
  },
): ReleaseStrategy;
export function canary(options: CanaryOptions): ReleaseStrategy {
  return { type: 'canary', ...options };
}

/** A release that first mirrors requests to the new version; its responses reach no client. Needs a `Route`. */
export function shadow<const Given extends number>(
  options?: Omit<ShadowOptions, 'percent'> & {
    /** Percentage of the requests mirrored to the new version. @default 100 */
    readonly percent?: Percent<Given>;
  },
): ReleaseStrategy;
export function shadow(options: ShadowOptions = {}): ReleaseStrategy {
  return { type: 'shadow', percent: 100, ...options };
}

/**
 * A release that starts the new version next to the stable one, then switches all requests at once; a rollback takes one write.
 */
export function blueGreen(options: BlueGreenOptions = {}): ReleaseStrategy {
  return { type: 'blueGreen', ...options };
}

/** Serializes a strategy for the annotation. */
export function strategyText({ type, steps, percent, hold, patience, testers }: ReleaseStrategy, measure: unknown): string {
  const text = (duration: DurationLike | undefined) => (duration === undefined ? undefined : `${seconds(duration)}s`);
  return JSON.stringify({ type, steps, percent, hold: text(hold), patience: text(patience), testers, measure });
}
