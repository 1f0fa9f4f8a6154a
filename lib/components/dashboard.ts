import { BURN_RATES, type Indicator, matchers, percentOf, ratioOver } from '../metrics/burn-rate';
import { type LoadSignal, metricQuery, type ServerMetric } from '../runtimes/metrics';

/** A server shown on a dashboard. */
export interface Shown {
  readonly name: string;
  /** Label matchers of its pods. */
  readonly selector: string;
  readonly indicators: readonly Indicator[];
  readonly signals: readonly (readonly [LoadSignal, ServerMetric])[];
}

const TITLES: Readonly<Record<LoadSignal, readonly [title: string, unit: string]>> = {
  queue: ['waiting requests', 'short'],
  running: ['running requests', 'short'],
  cache: ['use of the cache', 'percentunit'],
  requestSeconds: ['time of a request', 's'],
  firstTokenSeconds: ['time to the first token', 's'],
  errors: ['errors per second', 'reqps'],
};

const [WIDTH, HEIGHT] = [8, 8];

/**
 * Renders a Grafana dashboard: one row per server, objectives first.
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function dashboard(title: string, uid: string, servers: readonly Shown[]): string {
  let [id, y] = [0, 0];
  const panels = servers.flatMap(({ name, selector, indicators, signals }) => {
    const row = { id: ++id, type: 'row', title: name, collapsed: false, gridPos: { h: 1, w: 24, x: 0, y: y++ }, panels: [] };
    const drawn = [
      ...indicators.map(indicatorPanel),
      ...signals.map(([signal, metric]) => signalPanel(signal, metric, selector)),
    ];
    const placed = drawn.map((panel, index) => ({
      id: ++id,
      ...panel,
      gridPos: { h: HEIGHT, w: WIDTH, x: (index % 3) * WIDTH, y: y + Math.floor(index / 3) * HEIGHT },
    }));
    y += Math.ceil(drawn.length / 3) * HEIGHT;
    return [row, ...placed];
  });
  const variable = { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' };
  return `${JSON.stringify(
    {
      uid,
      title,
      tags: ['cdk8s-serving'],
      schemaVersion: 39,
      editable: false,
      refresh: '30s',
      time: { from: 'now-6h', to: 'now' },
      templating: { list: [variable] },
      panels,
    },
    undefined,
    2,
  )}\n`;
}

function panel(title: string, unit: string, targets: readonly (readonly [expr: string, legend: string])[]) {
  const datasource = { type: 'prometheus', uid: '$datasource' };
  return {
    type: 'timeseries',
    title,
    datasource,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: targets.map(([expr, legendFormat], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat,
    })),
  };
}

/** Panel of the error rate and the threshold at which an alert pages. */
function indicatorPanel({ labels, objective }: Indicator) {
  const [fast] = BURN_RATES;
  const bound = Number(((fast?.rate ?? 1) * (1 - objective)).toPrecision(12));
  return panel(`${labels.objective}: ${percentOf(objective)} %`, 'percentunit', [
    [`${ratioOver('5m')}{${matchers(labels)}}`, 'last 5 minutes'],
    [`${ratioOver('1h')}{${matchers(labels)}}`, 'last hour'],
    [`vector(${bound})`, 'page'],
  ]);
}

function signalPanel(signal: LoadSignal, metric: ServerMetric, selector: string) {
  const [title, unit] = TITLES[signal];
  if (metric.kind !== 'histogram' || metric.query !== undefined)
    return panel(title, unit, [[metricQuery(metric, selector), '{{pod}}']]);
  const quantile = (at: number) => `histogram_quantile(${at}, sum by (le) (rate(${metric.series}_bucket{${selector}}[5m])))`;
  return panel(
    title,
    unit,
    [0.5, 0.95, 0.99].map((at) => [quantile(at), `p${at * 100}`] as const),
  );
}
