import { describe, expect, it } from 'vitest';
import { http, Model, ModelServer, Objectives, type Runtime, type ServiceObjectives, vllm } from '../../lib';
import { fieldsAt, listAt, textAt } from '../../lib/kube/fields';
import { inChart, problemsIn, SMALL } from '../harness/chart';

const counted: Runtime = {
  ...http,
  metrics: {
    path: '/metrics',
    series: { ...http.metrics?.series, errors: { series: 'http_requests_total', kind: 'counter', matchers: 'status=~"5.."' } },
  },
};

const watched =
  (objectives: ServiceObjectives, runtime: Runtime = counted) =>
  (chart: Parameters<Parameters<typeof inChart>[0]>[0]) => {
    const model = Model.baked({ image: 'registry.test/model', version: 'v1', path: '/model' });
    const of = new ModelServer(chart, 'model', { runtime, model, replicas: 2, resources: SMALL });
    return new Objectives(chart, 'objectives', { servers: [{ of, ...objectives }], ruleLabels: { release: 'kps' } });
  };
const rulesOf = (objectives: ServiceObjectives) => {
  const rule = inChart(watched(objectives)).find(({ kind }) => kind === 'PrometheusRule');
  return { rule, rules: listAt(rule, 'spec', 'groups').flatMap((group) => listAt(group, 'rules')) };
};

describe('Objectives', () => {
  it('records the ratio over every window of its alerts, and alerts at four speeds', () => {
    const { rule, rules } = rulesOf({ availability: 0.999 });
    expect(rule?.metadata.labels).toMatchObject({ release: 'kps' });
    const recorded = rules.flatMap((one) => textAt(one, 'record') ?? []);
    const alerts = rules.filter((one) => textAt(one, 'alert') !== undefined);
    expect(alerts.map((one) => [textAt(one, 'labels', 'severity'), textAt(one, 'labels', 'long')])).toEqual([
      ['page', '1h'],
      ['page', '6h'],
      ['ticket', '1d'],
      ['ticket', '3d'],
    ]);
    for (const alert of alerts) {
      const used = textAt(alert, 'expr')?.match(/serving:objective_errors:ratio_rate\w+/g) ?? [];
      expect(used).toHaveLength(2);
      for (const series of used) expect(recorded).toContain(series);
    }
    expect(textAt(alerts[0], 'expr')).toContain('> 0.0144 and');
  });

  it('counts what the runtime counts, of all pods that serve, a canary among them', () => {
    const [first] = rulesOf({ availability: 0.99 }).rules;
    const expr = textAt(first, 'expr') ?? '';
    expect(expr).toContain('http_requests_total{namespace="here",');
    expect(expr).toContain('status=~"5.."');
    const pods = new RegExp(`^${/pod=~"([^"]+)"/.exec(expr)?.[1]}$`);
    expect('chart-model-7c9d8f5b6-x2k4q').toMatch(pods);
    expect('chart-model-canary-1a2b3c4d-7c9d8f5b6-x2k4q').toMatch(pods);
    expect('chart-model-redis-7c9d8f5b6-x2k4q').not.toMatch(pods);
  });

  it('draws a dashboard that the sidecar of Grafana finds, the same every time', () => {
    const draw = () =>
      inChart(watched({ requestSeconds: { below: 0.25, fraction: 0.99 } })).find(
        ({ kind, metadata }) => kind === 'ConfigMap' && metadata.labels?.grafana_dashboard === '1',
      );
    const found = draw();
    const [[file, text] = ['', '']] = Object.entries(fieldsAt(found, 'data'));
    expect(file).toMatch(/\.json$/);
    const board: unknown = JSON.parse(String(text));
    const panels = listAt(board, 'panels');
    expect(panels.map((panel) => textAt(panel, 'title'))).toEqual([
      'chart-model',
      'requestSeconds below 0.25 s: 99 %',
      'running requests',
      'time of a request',
      'errors per second',
    ]);
    expect(new Set(panels.map((panel) => fieldsAt(panel).id)).size).toBe(panels.length);
    expect(draw()).toEqual(found);
  });

  it('refuses what cannot be, and what the runtime cannot tell', () => {
    const codes = (objectives: ServiceObjectives, runtime?: Runtime) =>
      problemsIn(watched(objectives, runtime)).map(({ code, path }) => [code, path]);
    expect(codes({ availability: 99.9 })).toEqual([['INVALID_VALUE', 'model.availability']]);
    expect(codes({ requestSeconds: { below: 0, fraction: 0.9 } })).toEqual([['INVALID_VALUE', 'model.requestSeconds.below']]);
    expect(codes({})).toEqual([['INVALID_VALUE', 'model']]);
    expect(codes({ availability: 0.99 }, http)).toEqual([['NO_METRICS', 'model.availability']]);
    expect(codes({ firstTokenSeconds: { below: 1, fraction: 0.9 } })).toEqual([['NO_METRICS', 'model.firstTokenSeconds']]);
    expect(codes({ firstTokenSeconds: { below: 1, fraction: 0.9 } }, vllm({ version: '0.27.0' }))).not.toContainEqual([
      'NO_METRICS',
      'model.firstTokenSeconds',
    ]);
  });
});
