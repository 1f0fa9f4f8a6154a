import type { Testers } from '../canary/strategy';
import { type DurationLike, seconds } from '../kube/duration';
import type { ServiceObjectives } from './objectives';

/** A bound on a latency. */
export interface LatencyTarget {
  /** Which quantile. @default 'p99' */
  readonly quantile?: 'p50' | 'p90' | 'p95' | 'p99';
  /** Highest value that passes, in seconds. @default - only compared */
  readonly max?: number;
  /** The new version may be so many times slower. @default 1.5 */
  readonly maxRatio?: number;
}

/** A bound on the fraction of failed requests. */
export interface ErrorTarget {
  /** Highest fraction that passes, 0.01. @default - only compared */
  readonly max?: number;
  /** The new version may fail so many times as often. @default 1.5 */
  readonly maxRatio?: number;
  /** PromQL for the number of failed requests, with `$pods` and `$window`. @default - the runtime's series */
  readonly query?: string;
}

/** A bound on mirrored pairs of responses that differ, where the application compares them and counts. */
export interface PairsTarget {
  /** PromQL for the number of pairs that were compared, with `$pods` for the new version's pods and `$window`. */
  readonly compared: string;
  /** PromQL for the number of those that differ. */
  readonly different: string;
  /** Highest fraction that passes, 0.02. */
  readonly max: number;
}

/** A bound on the value of any query. */
export interface QueryTarget {
  /** PromQL for one number, with `$pods` for label matchers and `$window` for the time to look back. */
  readonly query: string;
  /** Highest value that passes. @default - no upper bound */
  readonly max?: number;
  /** Lowest value that passes. @default - no lower bound */
  readonly min?: number;
  /** The new version's value may be so many times the stable one's. @default - not compared */
  readonly maxRatio?: number;
}

/** What each step of a strategy has to show. The runtime knows the series. */
export interface MeasureOptions {
  /** URL of Prometheus inside the cluster, `http://prometheus.monitoring:9090`. */
  readonly prometheus: string;
  /** A step with fewer requests is inconclusive, never passed. @default 50 */
  readonly minRequests?: number;
  /** PromQL for the number of requests. @default - the runtime's histogram of request times */
  readonly requests?: string;
  /** What the server promises, as `Objectives` has it: bounds that every step has to keep. @default - none */
  readonly objectives?: ServiceObjectives;
  /** Failed requests. @default - as `objectives` say, or not measured */
  readonly errors?: ErrorTarget;
  /** Time of a request. @default - as `objectives` say, or not measured */
  readonly requestSeconds?: LatencyTarget;
  /** Time to the first token. @default - as `objectives` say, or not measured */
  readonly firstTokenSeconds?: LatencyTarget;
  /** Mirrored pairs whose responses differ; fewer than `minRequests` are inconclusive. @default - not measured */
  readonly pairs?: PairsTarget;
  /** Queries of your own, by name. @default - none */
  readonly queries?: Readonly<Record<string, QueryTarget>>;
}

/** Settings of every release strategy. */
export interface StrategyOptions {
  /** Time of each step. @default '5m' */
  readonly hold?: DurationLike;
  /** How long an inconclusive step may go on after its hold. @default - three times the hold */
  readonly patience?: DurationLike;
  /** What each step has to show. @default - only that the new pods stay ready */
  readonly measure?: MeasureOptions;
}

/** Settings of `canary`. */
export interface CanaryOptions extends StrategyOptions {
  /** Percent of the requests, step by step, rising. */
  readonly steps: readonly number[];
  /** Requests that always reach the new version; needs a `Route`. @default - none */
  readonly testers?: Testers;
}

/** Settings of `shadow`. */
export interface ShadowOptions extends StrategyOptions {
  /** Percent of the requests that are mirrored to the new version. @default 100 */
  readonly percent?: number;
}

/** Settings of `blueGreen`. */
export interface BlueGreenOptions extends StrategyOptions {
  /** Requests that reach the new version before the others do; needs a `Route`. @default - none */
  readonly testers?: Testers;
}

/** How a release shifts traffic to the new version of a model server. */
export interface ReleaseStrategy extends StrategyOptions {
  /** Kind of strategy; `canary`, `shadow` and `blueGreen` set it. */
  readonly type: 'canary' | 'shadow' | 'blueGreen';
  /** Percent of the requests of a canary, step by step. @default - none: of the other kinds */
  readonly steps?: readonly number[];
  /** Percent of the requests that a shadow mirrors. @default - none: of the other kinds */
  readonly percent?: number;
  /** Requests that always reach the new version. @default - none */
  readonly testers?: Testers;
}

/**
 * A release that gives the new version a growing share of the requests, and takes it back when it does worse.
 *
 * @example
 * const strategy = canary({
 *   steps: [10, 50, 100],
 *   hold: '5m',
 *   measure: { prometheus: 'http://prometheus.monitoring:9090', requestSeconds: { quantile: 'p99', max: 0.5 } },
 * });
 */
export function canary(options: CanaryOptions): ReleaseStrategy {
  return { type: 'canary', ...options };
}

/** A release that first mirrors requests to the new version, whose responses reach no client. Needs a `Route`. */
export function shadow(options: ShadowOptions = {}): ReleaseStrategy {
  return { type: 'shadow', percent: 100, ...options };
}

/** A release that brings up the new version next to the stable one and gives it all requests at once; back takes one write. */
export function blueGreen(options: BlueGreenOptions = {}): ReleaseStrategy {
  return { type: 'blueGreen', ...options };
}

/** A strategy as the annotation has it. */
export function strategyText({ type, steps, percent, hold, patience, testers }: ReleaseStrategy, measure: unknown): string {
  const text = (duration: DurationLike | undefined) => (duration === undefined ? undefined : `${seconds(duration)}s`);
  return JSON.stringify({ type, steps, percent, hold: text(hold), patience: text(patience), testers, measure });
}
