import { describe, expect, it } from 'vitest';
import { testRelease } from '../../lib/rehearsal/stage';
import { type FailureKind, type SimulationEvent, simulate } from '../../lib/rehearsal/story';
import { route, withStrategy } from '../release/strategy/harness';

const strategy = {
  type: 'canary',
  steps: [10, 100],
  hold: '10m',
  measure: {
    prometheus: 'http://prometheus.monitoring:9090',
    requests: 'sum(increase(http_request_duration_seconds_count{$pods}[$window]))',
    checks: [
      { name: 'errors', bad: 'sum(increase(failed_total{$pods,code=~"5.."}[$window]))', max: 0.01, maxRatio: 1.5 },
      {
        name: 'p99',
        buckets: 'sum by (le) (increase(http_request_duration_seconds_bucket{$pods}[$window]))',
        quantile: 0.99,
        maxRatio: 1.5,
      },
    ],
  },
};

const play = async (fail?: FailureKind, holdSeconds?: number) => {
  const stage = await testRelease(withStrategy(strategy, 'v1.0.0', [route()]), holdSeconds === undefined ? {} : { holdSeconds });
  const happened: SimulationEvent[] = [];
  const progress = simulate(stage, fail);
  for (let step = await progress.next(); ; step = await progress.next()) {
    if (step.done === true) return { wrong: step.value, happened };
    happened.push(step.value);
  }
};
const judged = (happened: readonly SimulationEvent[]) =>
  happened.flatMap((one) => (one.type === 'release' && one.event.type === 'canary-judged' ? [one.event.step] : []));

describe('a rehearsed canary', () => {
  it('goes through, behind a route that no gateway serves', async () => {
    const { wrong, happened } = await play();
    expect(wrong).toBeUndefined();
    const steps = judged(happened);
    expect(steps.map(({ split, verdict }) => [split, verdict]).slice(0, 2)).toEqual([
      ['route', 'passed'],
      ['route', 'passed'],
    ]);
    expect(steps[0]).toMatchObject({
      requests: 1000,
      measured: [
        { name: 'errors', ok: true },
        { name: 'p99', ok: true, candidate: 0.1 },
      ],
    });
    expect(steps[0]?.seconds).toBeGreaterThanOrEqual(600);
  });

  it.each([
    ['canary-errors', 'failed', 'errors 0.05 above 0.01'],
    ['canary-slow', 'failed', 'p99 0.3 above 1.5 × 0.1'],
    ['canary-few', 'inconclusive', '1 requests of the candidate are too few'],
  ] as const)('%s: is taken back', async (kind, verdict, reason) => {
    const { wrong, happened } = await play(kind);
    expect(wrong).toBeUndefined();
    const [step, ...more] = judged(happened);
    expect(more).toEqual([]);
    expect(step?.verdict).toBe(verdict);
    expect(step?.reason).toContain(reason);
  });

  it('holds as long as it is told to where time is real', async () => {
    expect(judged((await play('canary-few', 2)).happened)[0]?.seconds).toBeLessThan(10);
  });
});
