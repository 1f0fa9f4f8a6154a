/** Signals that autoscalers, dashboards, alerts and canaries read from a server. The runtime knows the series. */
export const LOAD_SIGNALS = ['queue', 'running', 'cache', 'requestSeconds', 'firstTokenSeconds', 'errors'] as const;
/** Meaning of a metric: waiting requests, running requests, cache usage, request duration or time to first token, errors. */
export type LoadSignal = (typeof LOAD_SIGNALS)[number];

/** A metric of a server. */
export interface ServerMetric {
  /** Name of the series. */
  readonly series: string;
  readonly kind: 'gauge' | 'counter' | 'histogram';
  /** First version of the server that exposes it. @default - every version */
  readonly since?: string;
  /** First version of the server that no longer exposes it. @default - every version */
  readonly until?: string;
  /** Label matchers that narrow down the series, `code=~"5.."`. @default - the whole series */
  readonly matchers?: string;
  /**
   * PromQL with one value per pod, if the series alone is not enough, such as for a ratio of two counters.
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
  /** Name of the metrics port. @default 'http' */
  readonly port?: string;
  /** Series by signal; if there are several, the one of the runtime's version applies. */
  readonly series: Readonly<Partial<Record<LoadSignal, ServerMetric | readonly ServerMetric[]>>>;
  /** Other known series. @default - none */
  readonly also?: readonly string[];
}

/** Compares versions numerically: negative if `a` is older than `b`. */
function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => (version.match(/\d+/g) ?? []).map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a version has a feature with a first and a last version. An unknown version has every feature. */
export function inVersion(
  version: string | undefined,
  { since, until }: { readonly since?: string; readonly until?: string },
): boolean {
  if (version === undefined) return true;
  return (
    (since === undefined || compareVersions(version, since) >= 0) && (until === undefined || compareVersions(version, until) < 0)
  );
}

/** Returns the metric of a signal in a server version; undefined if there is none. */
export function metricOf(metrics: RuntimeMetrics | undefined, signal: LoadSignal, version?: string): ServerMetric | undefined {
  const known = metrics?.series[signal];
  const candidates: readonly ServerMetric[] = known === undefined ? [] : 'series' in known ? [known] : known;
  return candidates.find((metric) => inVersion(version, metric));
}

/** Returns every series of a server version. */
export function seriesOf(metrics: RuntimeMetrics | undefined, version?: string): readonly string[] {
  const named = LOAD_SIGNALS.flatMap((signal) => metricOf(metrics, signal, version)?.series ?? []);
  return [...new Set([...named, ...(metrics?.also ?? [])])];
}

/** Renders the PromQL of a metric with one value per pod. */
export function metricQuery(metric: ServerMetric, selector: string, by = 'pod'): string {
  const { series, kind, query, matchers } = metric;
  if (query !== undefined) return query(selector, by);
  const all = matchers === undefined ? selector : `${selector},${matchers}`;
  const sum = (inner: string) => `sum by (${by}) (${inner})`;
  if (kind === 'gauge') return sum(`${series}{${all}}`);
  if (kind === 'counter') return sum(`rate(${series}{${all}}[1m])`);
  return `${sum(`rate(${series}_sum{${all}}[1m])`)} / ${sum(`rate(${series}_count{${all}}[1m])`)}`;
}

/** Converts a series name for the metrics API: colons are legal only in Prometheus. */
export function metricName(series: string): string {
  return series.replaceAll(':', '_').replace(/^_+/, '');
}

/** Name under which a metrics adapter serves a metric: the series name, or a new one if the value is computed. */
export function servedName({ series, kind, query }: ServerMetric): string {
  return kind === 'gauge' && query === undefined ? metricName(series) : `${metricName(series)}_per_pod`;
}
