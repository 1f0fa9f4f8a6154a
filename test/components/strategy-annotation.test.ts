import { describe, expect, it } from 'vitest';
import { bentoml, canary, http, openvino, type ReleaseStrategy, shadow, vllm } from '../../lib';
import { strategyAnnotation, strategyProblems } from '../../lib/components/strategy-annotation';
import { STRATEGY_ANNOTATION } from '../../lib/kube/contract';
import type { Runtime } from '../../lib/runtimes/runtime';

const prometheus = 'http://prometheus.monitoring:9090' as const;
const rendered = (strategy: ReleaseStrategy, runtime: Runtime = http) =>
  JSON.parse(strategyAnnotation(strategy, runtime)[STRATEGY_ANNOTATION] ?? '');
const problems = (strategy: ReleaseStrategy, runtime: Runtime = http, isGroup = false) =>
  strategyProblems(strategy, runtime, isGroup).map(({ code, path }) => `${code} ${path}`);

/** A series that was born in the window counts from its birth. */
const grown = (series: string) =>
  `sum((max_over_time(${series}[$window]) unless ${series} offset $window) or increase(${series}[$window]))`;

/** Steps as from a config: the compiler sees only numbers. */
const numbers = (...steps: readonly number[]) => steps;

describe('the annotation of a strategy', () => {
  it('has queries by the series of the runtime', () => {
    const measure = { prometheus, errors: { max: 0.01 }, requestSeconds: { max: 0.5 } };
    expect(rendered(canary({ steps: [10, 100], hold: '2m', measure }), bentoml())).toEqual({
      type: 'canary',
      steps: [10, 100],
      hold: '120s',
      measure: {
        prometheus,
        minRequests: 50,
        requests: grown('bentoml_service_request_duration_seconds_count{$pods}'),
        checks: [
          {
            name: 'errors',
            bad: grown('bentoml_service_request_total{$pods,http_response_code=~"5.."}'),
            maxRatio: 1.5,
            max: 0.01,
          },
          {
            name: 'requestSeconds p99',
            buckets: 'sum by (le) (increase(bentoml_service_request_duration_seconds_bucket{$pods}[$window]))',
            quantile: 0.99,
            maxRatio: 1.5,
            max: 0.5,
          },
        ],
      },
    });
    const first = { prometheus, firstTokenSeconds: { quantile: 'p95' as const } };
    expect(rendered(shadow({ measure: first }), vllm({ version: '0.27.0' })).measure.checks[0].buckets).toContain(
      'vllm:time_to_first_token_seconds_bucket{$pods}',
    );
  });

  it('has the pairs of a shadow as a fraction of what was compared', () => {
    const pairs = {
      compared: 'sum(increase(pairs{$pods}[$window]))',
      different: 'sum(increase(differ{$pods}[$window]))',
      max: 0.02,
    };
    const { checks } = rendered(shadow({ measure: { prometheus, pairs } }), bentoml()).measure;
    expect(checks).toEqual([{ name: 'pairs', bad: pairs.different, of: pairs.compared, max: 0.02 }]);
  });

  it('goes by the objectives of the server, and by bounds of its own where it has them', () => {
    const objectives = { availability: 0.999, requestSeconds: { below: 0.25, fraction: 0.99 } };
    const checksOf = (measure: object) =>
      rendered(canary({ steps: [10], measure: { prometheus, ...measure } }), bentoml()).measure.checks;
    expect(checksOf({ objectives })).toMatchObject([
      { name: 'errors', max: 0.001, maxRatio: 1.5 },
      { name: 'requestSeconds p99', quantile: 0.99, max: 0.25, maxRatio: 1.5 },
    ]);
    expect(checksOf({ objectives, errors: { max: 0.01 } })[0]).toMatchObject({ max: 0.01 });
  });

  it('is what a release accepts', () => {
    const measure = { prometheus, requestSeconds: { max: 1 }, queries: { tokens: { query: 'avg(tokens{$pods})', min: 5 } } };
    expect(problems(canary({ steps: [1, 10, 50], measure, testers: { header: 'x-canary', value: 'a' } }))).toEqual([]);
  });

  it.each([
    [canary({ steps: numbers() }), http, 'STRATEGY_INVALID strategy.steps'],
    [canary({ steps: numbers(20, 10) }), http, 'STRATEGY_INVALID strategy.steps'],
    [canary({ steps: [10], measure: { prometheus, errors: {} } }), http, 'NO_METRICS strategy.measure.errors'],
    [
      canary({ steps: [10], measure: { prometheus, firstTokenSeconds: {} } }),
      http,
      'NO_METRICS strategy.measure.firstTokenSeconds',
    ],
    // Its histogram counts in microseconds.
    [
      canary({ steps: [10], measure: { prometheus, requestSeconds: {}, requests: 'a{$pods}' } }),
      openvino(),
      'NO_METRICS strategy.measure.requestSeconds',
    ],
    [
      canary({ steps: [10], measure: { prometheus, queries: { own: { query: 'up', max: 1 } } } }),
      http,
      'STRATEGY_INVALID strategy.measure.checks[0].query',
    ],
  ])('refuses %j', (strategy, runtime, problem) => {
    expect(problems(strategy, runtime)).toContain(problem);
  });

  it('is for Deployments only', () => {
    expect(problems(canary({ steps: [10] }), http, true)).toEqual(['STRATEGY_INVALID kind']);
  });
});
