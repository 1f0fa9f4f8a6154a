import { describe, expect, it } from 'vitest';
import { ServingError } from '../../lib/errors/problem';
import { analyze } from '../../lib/metrics/analysis';
import type { Measure } from '../../lib/metrics/measure';
import { podsOfDeployment, type Sample } from '../../lib/metrics/source';

const errors = { name: 'errors', bad: 'failed{$pods}[$window]', max: 0.01, maxRatio: 1.5 };
const latency = { name: 'requestSeconds p99', buckets: 'sum by (le) (seconds{$pods}[$window])', quantile: 0.99, maxRatio: 1.5 };
const measure = (...checks: Measure['checks']): Measure => ({
  prometheus: 'http://prometheus.monitoring',
  requests: 'all{$pods}[$window]',
  minRequests: 50,
  checks,
});
const pods = (name: string) => ({ namespace: 'team', pods: podsOfDeployment(name), windowSeconds: 300 });
const sides = { candidate: pods('fraud-canary'), stable: pods('fraud') };

interface Side {
  readonly all?: number;
  readonly failed?: number;
  readonly p99?: number;
  readonly within?: readonly number[];
  readonly value?: number;
  readonly pairs?: number;
  readonly different?: number;
}

const LE = ['0.1', '0.5', '+Inf'];
const source = (candidate: Side, stable: Side, asked: string[] = []) => ({
  query: async (promql: string): Promise<readonly Sample[]> => {
    asked.push(promql);
    const side = promql.includes('fraud-canary') ? candidate : stable;
    const one = (value: number | undefined) => (value === undefined ? [] : [{ labels: {}, value }]);
    if (promql.startsWith('all')) return one(side.all);
    if (promql.startsWith('pairs')) return one(side.pairs);
    if (promql.startsWith('different')) return one(side.different);
    if (promql.startsWith('failed')) return one(side.failed);
    if (promql.startsWith('histogram_quantile')) return one(side.p99);
    if (promql.startsWith('own')) return one(side.value);
    return (side.within ?? []).map((value, index) => ({ labels: { le: LE[index] ?? '' }, value }));
  },
});

describe('an analysis', () => {
  it('asks for pods and window of either side', async () => {
    const asked: string[] = [];
    await analyze(source({ all: 100 }, { all: 100 }, asked), measure(errors), sides);
    expect(asked[0]).toBe('all{namespace="team",pod=~"fraud-canary-[0-9a-z]+-[0-9a-z]{5}"}[300s]');
  });

  it.each([
    ['as many as may differ', { all: 100, pairs: 100, different: 2 }, 'passed'],
    ['more that differ', { all: 100, pairs: 100, different: 3 }, 'failed'],
    ['too few pairs', { all: 100, pairs: 49, different: 0 }, 'inconclusive'],
    ['nothing compared', { all: 100 }, 'inconclusive'],
  ] as const)('of mirrored pairs: %s', async (_title, candidate, verdict) => {
    const pairs = { name: 'pairs', bad: 'different{$pods}[$window]', of: 'pairs{$pods}[$window]', max: 0.02 };
    const { reason, ...found } = await analyze(source(candidate, { all: 900 }), measure(pairs), sides);
    expect(found.verdict).toBe(verdict);
    expect(reason).toBe({ passed: undefined, failed: 'pairs 0.03 above 0.02', inconclusive: 'no data for pairs' }[verdict]);
  });

  it.each([
    ['as few errors', { all: 100, failed: 0 }, { all: 900, failed: 3 }, 'passed'],
    ['no series of errors, which is none', { all: 100 }, { all: 900 }, 'passed'],
    ['5 % errors', { all: 100, failed: 5 }, { all: 900, failed: 0 }, 'failed'],
    ['more errors than the bound, few as they are', { all: 100, failed: 2 }, { all: 900, failed: 18 }, 'failed'],
    ['more errors by chance', { all: 150, failed: 1 }, { all: 900, failed: 3 }, 'passed'],
    ['more errors, and no chance', { all: 10_000, failed: 90 }, { all: 10_000, failed: 30 }, 'failed'],
    ['too few requests', { all: 49 }, { all: 900 }, 'inconclusive'],
    ['no requests', {}, { all: 900 }, 'inconclusive'],
    ['too few of the stable version', { all: 100 }, { all: 10 }, 'inconclusive'],
    ['no number of errors', { all: 100, failed: Number.NaN }, { all: 900 }, 'inconclusive'],
    ['endless errors', { all: 100, failed: Number.POSITIVE_INFINITY }, { all: 900 }, 'inconclusive'],
    ['less than no errors', { all: 100, failed: -1 }, { all: 900 }, 'inconclusive'],
    ['no number of errors of the stable version', { all: 100, failed: 1 }, { all: 900, failed: Number.NaN }, 'inconclusive'],
    ['no number of requests', { all: Number.NaN, failed: 0 }, { all: 900 }, 'inconclusive'],
  ] as const)('of errors: %s', async (_title, candidate, stable, verdict) => {
    expect((await analyze(source(candidate, stable), measure(errors), sides)).verdict).toBe(verdict);
  });

  it.each([
    ['as fast', { p99: 0.1, within: [99, 100, 100] }, 'passed'],
    ['three times slower', { p99: 0.3, within: [10, 100, 100] }, 'failed'],
    ['slower in one request of a hundred, by chance', { p99: 0.3, within: [98, 100, 100] }, 'passed'],
    ['no histogram', {}, 'inconclusive'],
  ] as const)('of latency: %s', async (_title, candidate, verdict) => {
    const stable = { all: 1000, p99: 0.1, within: [992, 1000, 1000] };
    expect((await analyze(source({ all: 100, ...candidate }, stable), measure(latency), sides)).verdict).toBe(verdict);
  });

  it('does not compare with a version that gets no requests', async () => {
    const { verdict, measured } = await analyze(source({ all: 100 }, {}), measure(errors), { candidate: sides.candidate });
    expect([verdict, measured[0]?.stable]).toEqual(['passed', undefined]);
  });

  it('bounds any query', async () => {
    const own = { name: 'tokens', query: 'own{$pods}', min: 10 };
    expect((await analyze(source({ all: 100, value: 9 }, { all: 100 }), measure(own), sides)).reason).toBe('tokens 9 below 10');
    expect((await analyze(source({ all: 100, value: Number.NaN }, { all: 100 }), measure(own), sides)).verdict).toBe(
      'inconclusive',
    );
  });

  it('is inconclusive without Prometheus', async () => {
    const gone = async () => {
      throw new ServingError([{ code: 'METRICS_UNAVAILABLE', subject: 'x', message: 'Prometheus does not respond', remedy: '' }]);
    };
    expect(await analyze({ query: gone }, measure(errors), sides)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'Prometheus does not respond',
    });
  });
});
