import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { http, Model, ModelServer, Objectives } from '../../lib';
import { fieldsAt } from '../../lib/kube/fields';
import { inChart, SMALL } from '../harness/chart';
import { installed } from '../harness/debian';

const objects = inChart((chart) => {
  const of = new ModelServer(chart, 'model', {
    runtime: {
      ...http,
      metrics: {
        path: '/metrics',
        series: {
          ...http.metrics?.series,
          errors: { series: 'http_requests_total', kind: 'counter', matchers: 'status=~"5.."' },
        },
      },
    },
    model: Model.baked({ image: 'registry.test/model', version: 'v1', path: '/model' }),
    replicas: 2,
    resources: SMALL,
  });
  const servers = [{ of, availability: 0.999, requestSeconds: { below: 0.25, fraction: 0.99 } }];
  return new Objectives(chart, 'objectives', { servers });
});
const dir = mkdtempSync(join(tmpdir(), 'serving-rules-'));
const rules = join(dir, 'rules.yaml');

const promtool = (...args: readonly string[]) => {
  installed('prometheus');
  return execFileSync('promtool', args, { encoding: 'utf8', cwd: dir });
};

/** What alerts after seven hours in which so many of 100 requests a second fail, and so many are slow. */
function tested(
  failing: number,
  slow: number,
  alerts: readonly (readonly [objective: string, severity: string, long: string, short: string])[],
) {
  const pod = '{namespace="here",pod="chart-model-7c9d8f5b6-x2k4q"';
  const series = (name: string, perSecond: number) => ({ series: name, values: `0+${perSecond * 60}x420` });
  const summary = (objective: string, rate: string) =>
    `chart-model uses up its error budget for ${objective} ${rate} times too fast`;
  const rates: Readonly<Record<string, string>> = { '1h': '14.4', '6h': '6', '1d': '3', '3d': '1' };
  const file = join(dir, `test-${failing}-${slow}.yaml`);
  const test = {
    rule_files: [rules],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [
          ...(failing === 0 ? [] : [series(`http_requests_total${pod},status="500"}`, failing)]),
          series(`http_requests_total${pod},status="200"}`, 100 - failing),
          series(`http_request_duration_seconds_count${pod}}`, 100),
          series(`http_request_duration_seconds_bucket${pod},le="0.25"}`, 100 - slow),
        ],
        alert_rule_test: [
          {
            eval_time: '7h',
            alertname: 'ServingErrorBudgetBurn',
            exp_alerts: alerts.map(([objective, severity, long, short]) => ({
              exp_labels: { namespace: 'here', server: 'chart-model', objective, severity, long, short },
              exp_annotations: {
                summary: summary(objective, rates[long] ?? ''),
                description: `${objective === 'availability' ? failing : slow}% of the requests of the last ${long} broke the objective of ${objective === 'availability' ? 99.9 : 99} %.`,
              },
            })),
          },
        ],
      },
    ],
  };
  writeFileSync(file, stringify(test));
  return promtool('test', 'rules', file);
}

describe('the rules of Objectives, by promtool', () => {
  it('are rules', () => {
    const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
    writeFileSync(rules, stringify(fieldsAt(rule, 'spec')));
    expect(promtool('check', 'rules', rules)).toMatch(/SUCCESS: 22 rules found/);
  });

  it('are silent while the promises are kept, without a single error too', () => {
    expect(tested(0, 0, [])).toContain('SUCCESS');
  });

  it('page at a fast burn, and say which promise is broken', () => {
    const all = (objective: string) =>
      [
        [objective, 'page', '1h', '5m'],
        [objective, 'page', '6h', '30m'],
        [objective, 'ticket', '1d', '2h'],
        [objective, 'ticket', '3d', '6h'],
      ] as const;
    expect(tested(5, 0, all('availability'))).toContain('SUCCESS');
    expect(tested(0, 20, all('requestSeconds below 0.25 s'))).toContain('SUCCESS');
  });

  it('write a ticket for a slow burn', () => {
    const slow = [['requestSeconds below 0.25 s', 'ticket', '3d', '6h']] as const;
    expect(tested(0, 2, slow)).toContain('SUCCESS');
  });
});
