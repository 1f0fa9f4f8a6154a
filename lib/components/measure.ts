import { defined } from '../client/defined';
import type { Problem } from '../errors/problem';
import { percentOf } from '../metrics/burn-rate';
import type { Check, Measure } from '../metrics/measure';
import { metricOf } from '../runtimes/metrics';
import type { Runtime } from '../runtimes/runtime';
import type { LatencyObjective } from '../stack/objectives';
import type { ErrorTarget, LatencyTarget, MeasureOptions } from '../stack/strategy';

const MAX_RATIO = 1.5;
const MIN_REQUESTS = 50;
const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const;

/** Translates `measure` of a strategy into queries for one runtime, and collects what the runtime cannot measure. */
export function measureOf(
  options: MeasureOptions,
  runtime: Runtime,
): { readonly measure: Measure; readonly problems: readonly Omit<Problem, 'subject'>[] } {
  const { prometheus, minRequests = MIN_REQUESTS, objectives = {}, queries = {} } = options;
  const { availability } = objectives;
  const promised: ErrorTarget | undefined =
    availability === undefined ? undefined : { max: Number((1 - availability).toPrecision(6)) };
  const { errors = promised } = options;
  const problems: Omit<Problem, 'subject'>[] = [];
  const missing = (path: string, remedy: string) =>
    void problems.push({
      code: 'NO_METRICS',
      path: `strategy.measure.${path}`,
      message: `the runtime ${runtime.name} has no such metric`,
      remedy,
    });
  const latency = metricOf(runtime.metrics, 'requestSeconds', runtime.version);
  const counted = latency?.kind === 'histogram' && latency.query === undefined ? increase(`${latency.series}_count`) : undefined;
  const requests = options.requests ?? counted;
  if (requests === undefined) missing('requests', 'Give PromQL for the number of requests.');
  const checks: Check[] = [];
  if (errors !== undefined) {
    const metric = metricOf(runtime.metrics, 'errors', runtime.version);
    const own = metric?.kind === 'counter' && metric.query === undefined ? increase(metric.series, metric.matchers) : undefined;
    const bad = errors.query ?? own;
    if (bad === undefined) missing('errors', 'Give PromQL for the number of failed requests: errors.query.');
    else checks.push({ name: 'errors', bad, maxRatio: errors.maxRatio ?? MAX_RATIO, ...defined({ max: errors.max }) });
  }
  for (const signal of ['requestSeconds', 'firstTokenSeconds'] as const) {
    const target = boundOf(options[signal], objectives[signal]);
    if (target === undefined) continue;
    const metric = metricOf(runtime.metrics, signal, runtime.version);
    if (metric?.kind !== 'histogram' || metric.query !== undefined) {
      missing(signal, 'Give PromQL of its own under queries.');
      continue;
    }
    const { name, quantile, max, maxRatio = MAX_RATIO } = target;
    const buckets = `sum by (le) (increase(${metric.series}_bucket{$pods}[$window]))`;
    checks.push({ name: `${signal} ${name}`, buckets, quantile, maxRatio, ...defined({ max }) });
  }
  if (options.pairs !== undefined) {
    const { compared, different, max } = options.pairs;
    checks.push({ name: 'pairs', bad: different, of: compared, max });
  }
  for (const [name, query] of Object.entries(queries)) checks.push({ name, ...query });
  if (checks.length === 0)
    problems.push({
      code: 'INVALID_VALUE',
      path: 'strategy.measure',
      message: 'measures nothing',
      expected: 'errors, requestSeconds, firstTokenSeconds, pairs or queries',
      remedy: 'Add one, or leave measure out.',
    });
  return { measure: { prometheus, requests: requests ?? '', minRequests, checks }, problems };
}

/** Latency bound: an explicit target, or the server's objective. */
function boundOf(
  target: LatencyTarget | undefined,
  promised: LatencyObjective | undefined,
): { readonly name: string; readonly quantile: number; readonly max?: number; readonly maxRatio?: number } | undefined {
  if (target !== undefined) {
    const { quantile = 'p99', max, maxRatio } = target;
    return { name: quantile, quantile: QUANTILES[quantile], ...defined({ max, maxRatio }) };
  }
  if (promised === undefined) return undefined;
  return { name: `p${percentOf(promised.fraction)}`, quantile: promised.fraction, max: promised.below };
}

/**
 * Growth of a counter. A series created within the window counts from its creation: `increase` would miss its first value, and
 * thus the first error of a new pod.
 */
function increase(series: string, matchers?: string): string {
  const selected = `${series}{$pods${matchers === undefined ? '' : `,${matchers}`}}`;
  return `sum((max_over_time(${selected}[$window]) unless ${selected} offset $window) or increase(${selected}[$window]))`;
}
