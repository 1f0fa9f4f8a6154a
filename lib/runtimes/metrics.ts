/** What an autoscaler, a dashboard, an alert and a canary ask of a server. The runtime knows the series. */
export const LOAD_SIGNALS = ['queue', 'running', 'cache', 'requestSeconds', 'firstTokenSeconds', 'errors'] as const;
/** Meaning of a metric: waiting requests, running requests, use of the cache, seconds of a request or to the first token, errors. */
export type LoadSignal = (typeof LOAD_SIGNALS)[number];

/** A metric of a server. */
export interface ServerMetric {
  /** Name of the series. */
  readonly series: string;
  readonly kind: 'gauge' | 'counter' | 'histogram';
  /** First version of the server that has it. @default - every version */
  readonly since?: string;
  /** First version of the server that does not have it any more. @default - every version */
  readonly until?: string;
  /** Label matchers that narrow the series down, `code=~"5.."`. @default - all of it counts */
  readonly matchers?: string;
  /**
   * PromQL of one value per pod, where the series alone does not give it: a ratio of two counters.
   * @param selector label matchers, `namespace="here",pod=~"…"`
   * @param by labels of the result, `pod`
   * @default - the gauge, the rate of the counter, the mean of the histogram
   */
  readonly query?: (selector: string, by: string) => string;
}

/** Metrics of a server. */
export interface RuntimeMetrics {
  /** Path of the Prometheus metrics. */
  readonly path: string;
  /** Name of their port. @default 'http' */
  readonly port?: string;
  /** Series by meaning; of several, the one that the runtime's version has. */
  readonly series: Readonly<Partial<Record<LoadSignal, ServerMetric | readonly ServerMetric[]>>>;
  /** Further series that it is known to have. @default - none */
  readonly also?: readonly string[];
}

/** Compares versions by their numbers: negative when `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => (version.match(/\d+/g) ?? []).map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a version has something that came and went. An unknown version has everything. */
export function inVersion(
  version: string | undefined,
  { since, until }: { readonly since?: string; readonly until?: string },
): boolean {
  if (version === undefined) return true;
  return (
    (since === undefined || compareVersions(version, since) >= 0) && (until === undefined || compareVersions(version, until) < 0)
  );
}

/** The metric of a meaning that a version of the server has; nothing where there is none. */
export function metricOf(metrics: RuntimeMetrics | undefined, signal: LoadSignal, version?: string): ServerMetric | undefined {
  const known = metrics?.series[signal];
  const candidates: readonly ServerMetric[] = known === undefined ? [] : 'series' in known ? [known] : known;
  return candidates.find((metric) => inVersion(version, metric));
}

/** Every series that a version of the server has. */
export function seriesOf(metrics: RuntimeMetrics | undefined, version?: string): readonly string[] {
  const named = LOAD_SIGNALS.flatMap((signal) => metricOf(metrics, signal, version)?.series ?? []);
  return [...new Set([...named, ...(metrics?.also ?? [])])];
}

/** PromQL of a metric with one value per pod. */
export function metricQuery(metric: ServerMetric, selector: string, by = 'pod'): string {
  const { series, kind, query, matchers } = metric;
  if (query !== undefined) return query(selector, by);
  const all = matchers === undefined ? selector : `${selector},${matchers}`;
  const sum = (inner: string) => `sum by (${by}) (${inner})`;
  if (kind === 'gauge') return sum(`${series}{${all}}`);
  if (kind === 'counter') return sum(`rate(${series}{${all}}[1m])`);
  return `${sum(`rate(${series}_sum{${all}}[1m])`)} / ${sum(`rate(${series}_count{${all}}[1m])`)}`;
}

/** A series' name as the metrics API takes it: a colon is legal in Prometheus only. */
export function metricName(series: string): string {
  return series.replaceAll(':', '_').replace(/^_+/, '');
}

/** Name under which a metrics adapter serves a metric: the series', or one of its own where the value is computed. */
export function servedName({ series, kind, query }: ServerMetric): string {
  return kind === 'gauge' && query === undefined ? metricName(series) : `${metricName(series)}_per_pod`;
}
