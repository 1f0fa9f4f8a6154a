import { defined } from '../client/defined';
import { ServingError } from '../errors/problem';
import type { Check, Measure } from './measure';
import { filledIn, type MeasuredPods, type MetricsSource, type Sample } from './source';
import { type Buckets, chanceOfWorse, slowerThanStable } from './statistics';

/** The result of one check. */
export interface Measured {
  /** Name of the check. */
  readonly name: string;
  /** The candidate's value. */
  readonly candidate?: number;
  /** The stable version's value over the same time. */
  readonly stable?: number;
  /** Maximum passing value. */
  readonly max?: number;
  /** Minimum passing value. */
  readonly min?: number;
  /** Maximum ratio to the stable version's value. */
  readonly maxRatio?: number;
  /** Probability that such a difference occurs by chance, where both are compared. */
  readonly chance?: number;
  /** Whether it is within its bounds. */
  readonly ok: boolean;
}

/** The result of an analysis. */
export interface Analysis {
  /** `inconclusive`: too little was measured; never a pass. */
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  /** Why it did not pass. */
  readonly reason?: string;
  /** How to fix it, where nothing could be measured. @default - more requests */
  readonly remedy?: string;
  /** Requests to the candidate. */
  readonly requests: number;
  /** Requests to the stable version. */
  readonly stableRequests: number;
  /** Results of each check. */
  readonly measured: readonly Measured[];
}

/** The pods to compare. */
export interface Sides {
  readonly candidate: MeasuredPods;
  /** Pods of the stable version. @default - no comparison: all requests go to the candidate */
  readonly stable?: MeasuredPods;
  /** A difference counts when its probability by chance is below this. @default 0.05 */
  readonly significance?: number;
}

const SIGNIFICANCE = 0.05;

/**
 * Measures candidate and stable version over the same time. Fails when a value violates a bound, or when it is worse than the
 * stable version's by more than the allowed ratio and the difference is significant. Missing measurements are inconclusive.
 */
export async function analyze(source: MetricsSource, measure: Measure, sides: Sides): Promise<Analysis> {
  try {
    const count = async (pods: MeasuredPods | undefined) =>
      pods === undefined ? 0 : (countOf(await source.query(filledIn(measure.requests, pods))) ?? 0);
    const [requests, stableRequests] = await Promise.all([count(sides.candidate), count(sides.stable)]);
    const totals = { requests, stableRequests };
    const few = (side: string, got: number) =>
      inconclusive(`${got} requests of the ${side} are too few: at least ${measure.minRequests}`, totals);
    if (requests < measure.minRequests) return few('candidate', requests);
    const compared = measure.checks.some(({ maxRatio }) => maxRatio !== undefined);
    if (sides.stable !== undefined && compared && stableRequests < measure.minRequests)
      return few('stable version', stableRequests);
    const measured = await Promise.all(measure.checks.map((check) => judge(source, check, sides, totals, measure.minRequests)));
    const failed = measured.filter(({ ok, candidate }) => !ok && candidate !== undefined);
    const missing = measured.filter(({ candidate }) => candidate === undefined);
    if (failed.length > 0) return { verdict: 'failed', reason: failed.map(reasonOf).join('; '), ...totals, measured };
    if (missing.length > 0)
      return { ...inconclusive(`no data for ${missing.map(({ name }) => name).join(', ')}`, totals), measured };
    return { verdict: 'passed', ...totals, measured };
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    const [{ message, remedy } = { message: error.message, remedy: undefined }] = error.problems;
    return { ...inconclusive(message, { requests: 0, stableRequests: 0 }), ...defined({ remedy }) };
  }
}

type Totals = Pick<Analysis, 'requests' | 'stableRequests'>;

function inconclusive(reason: string, totals: Totals): Analysis {
  return { verdict: 'inconclusive', reason, ...totals, measured: [] };
}

async function judge(
  source: MetricsSource,
  check: Check,
  sides: Sides,
  { requests, stableRequests }: Totals,
  least: number,
): Promise<Measured> {
  const { name, max, maxRatio } = check;
  const [candidate, stable] = await Promise.all([
    measuredValue(source, check, sides.candidate, requests, least),
    sides.stable === undefined ? undefined : measuredValue(source, check, sides.stable, stableRequests, least),
  ]);
  const min = 'query' in check ? check.min : undefined;
  const known = defined({ candidate: candidate?.value, stable: stable?.value, max, min, maxRatio });
  if (candidate === undefined) return { name, ...known, ok: false };
  const bounded = (max === undefined || candidate.value <= max) && (min === undefined || candidate.value >= min);
  if (maxRatio === undefined || sides.stable === undefined) return { name, ...known, ok: bounded };
  // Without a value to compare with, nothing is proven.
  if (stable === undefined) return { name, ...defined({ max, min, maxRatio }), ok: false };
  const beyond = candidate.value > maxRatio * stable.value;
  const chance = await chanceBetween(check, candidate, stable);
  const worse = beyond && (chance ?? 0) < (sides.significance ?? SIGNIFICANCE);
  return { name, ...known, ...defined({ chance }), ok: bounded && !worse };
}

/** A value, and the counts behind it. */
interface Value {
  readonly value: number;
  readonly counts?: { readonly bad: number; readonly all: number };
  readonly buckets?: Buckets;
}

async function measuredValue(
  source: MetricsSource,
  check: Check,
  pods: MeasuredPods,
  requests: number,
  least: number,
): Promise<Value | undefined> {
  if ('bad' in check) {
    const count = async (query: string) => countOf(await source.query(filledIn(query, pods)));
    const [found, all] = await Promise.all([count(check.bad), check.of === undefined ? requests : count(check.of)]);
    if (found === undefined || all === undefined) return undefined;
    const bad = Math.min(all, found);
    return all === 0 || (check.of !== undefined && all < least) ? undefined : { value: bad / all, counts: { bad, all } };
  }
  const query = filledIn('buckets' in check ? check.buckets : check.query, pods);
  if ('query' in check) return single(await source.query(query));
  const [quantile, counts] = await Promise.all([
    source.query(`histogram_quantile(${check.quantile}, ${query})`),
    source.query(query),
  ]);
  const value = single(quantile);
  return value === undefined ? undefined : { ...value, buckets: bucketsOf(counts) };
}

/** The probability of a difference by chance; undefined for values of plain queries, which have no known counts. */
async function chanceBetween(check: Check, candidate: Value, stable: Value): Promise<number | undefined> {
  if (candidate.counts !== undefined && stable.counts !== undefined) return chanceOfWorse(candidate.counts, stable.counts);
  if ('buckets' in check && candidate.buckets !== undefined && stable.buckets !== undefined)
    return chanceOfWorse(...slowerThanStable(candidate.buckets, stable.buckets, check.quantile));
  return undefined;
}

function bucketsOf(samples: readonly Sample[]): Buckets {
  const buckets = samples.map(
    ({ labels, value }) => [labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le), value] as const,
  );
  return buckets.sort(([a], [b]) => a - b);
}

/**
 * A number of requests. No series means zero: a counter that has never counted is often not exposed. Undefined where a series has
 * an impossible value, NaN or negative: read as 0, a wrong query would look like a version without errors.
 */
function countOf(samples: readonly Sample[]): number | undefined {
  const sum = samples.reduce((all, { value }) => all + value, 0);
  return Number.isFinite(sum) && sum >= 0 ? Math.round(sum) : undefined;
}

function single(samples: readonly Sample[]): Value | undefined {
  const [sample] = samples;
  return sample === undefined || samples.length > 1 || !Number.isFinite(sample.value) ? undefined : { value: sample.value };
}

function reasonOf({ name, candidate = 0, stable, max, min, maxRatio }: Measured): string {
  if (max !== undefined && candidate > max) return `${name} ${shortNumber(candidate)} above ${max}`;
  if (min !== undefined && candidate < min) return `${name} ${shortNumber(candidate)} below ${min}`;
  return `${name} ${shortNumber(candidate)} above ${maxRatio} × ${shortNumber(stable ?? 0)} of the stable version`;
}

/** A number with three significant digits. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}
