import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMetric, judge, parseReport } from '../../../lib/release/gate/thresholds';
import { report, THRESHOLDS } from '../manifests';

const good = { complete: true, exitCode: 0, report: report(0.941) };

describe('a gate passes only on proof', () => {
  it('this Job complete, exit 0, every threshold met by a reported number', () => {
    expect(judge(good, THRESHOLDS)).toMatchObject({
      passed: true,
      samples: 20_000,
      metrics: [
        { name: 'auc', ok: true },
        { name: 'latencyP99Ms', ok: true },
      ],
    });
    expect(judge({ ...good, report: report(0.92, 150) }, THRESHOLDS).passed).toBe(true); // both ends included
  });

  it.each([
    ['not complete', { complete: false }, 'did not complete'],
    ['lost', { lost: 'proved nothing: evicted' }, 'evicted'],
    ['exit 1 with good numbers', { exitCode: 1 }, 'broken'],
    ['exit 10 with good numbers', { exitCode: 10 }, 'not met'],
    ['exit 20 with good numbers', { exitCode: 20 }, 'inconclusive'],
    ['no exit code seen', { exitCode: undefined }, 'no exit code'],
    ['no report', { report: undefined }, 'no numbers'],
    ['an empty report', { report: ' ' }, 'no numbers'],
    ['text', { report: 'ok' }, 'not JSON'],
    ['another format', { report: '{"v":2,"metrics":{"auc":1}}' }, 'not {"v":1'],
    ['a number as text', { report: '{"v":1,"metrics":{"auc":"0.99","latencyP99Ms":1}}' }, 'not a number'],
    ['a missing number', { report: '{"v":1,"metrics":{"auc":0.99}}' }, 'did not report latencyP99Ms'],
    ['a fraction above 1', { report: report(95) }, 'inconclusive: auc cannot be 95'],
    ['a fraction below 0', { report: '{"v":1,"metrics":{"auc":0.99,"latencyP99Ms":1,"f1":-0.1}}' }, 'f1 cannot be -0.1'],
    ['a negative latency', { report: report(0.99, -5) }, 'latencyP99Ms cannot be -5'],
    ['a number beyond every other', { report: '{"v":1,"metrics":{"auc":0.99,"latencyP99Ms":1,"f1":1e999}}' }, 'not a number'],
    ['no samples', { report: '{"v":1,"metrics":{"auc":0.99,"latencyP99Ms":1},"samples":0}' }, 'measured 0 samples'],
    ['half a sample', { report: '{"v":1,"metrics":{"auc":0.99,"latencyP99Ms":1},"samples":0.5}' }, 'not a whole number'],
    ['a low number', { report: report(0.9199999) }, 'auc 0.9199999 (≥ 0.92)'],
    ['a high number', { report: report(0.99, 151) }, 'p99 151 ms (≤ 150)'],
    [
      'a report that was cut off',
      { report: `{"v":1,"metrics":{"auc":0.99,"latencyP99Ms":1},"x":"${'x'.repeat(4096)}"}` },
      '4096 bytes',
    ],
  ])('%s is no proof', (_title, change, reason) => {
    const { exitCode, report: text, ...rest } = { ...good, ...change };
    const run = { ...rest, ...(exitCode === undefined ? {} : { exitCode }), ...(text === undefined ? {} : { report: text }) };
    const verdict = judge(run, THRESHOLDS);
    expect(verdict.passed).toBe(false);
    expect(verdict.reason).toContain(reason);
  });

  it('never passes on a number outside its bounds, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (auc, p99) => {
          expect(judge({ ...good, report: report(auc, p99) }, THRESHOLDS).passed).toBe(
            auc >= 0.92 && auc <= 1 && p99 >= 0 && p99 <= 150,
          );
        },
      ),
    );
  });

  it('takes the exit code for proof when there are no thresholds, and notes numbers all the same', () => {
    expect(judge({ complete: true, exitCode: 0 }, {})).toEqual({ passed: true, metrics: [] });
    expect(judge({ complete: true, exitCode: 0, report: report(0.1) }, {})).toMatchObject({
      passed: true,
      metrics: [{ name: 'auc', value: 0.1 }, {}],
    });
    expect(judge({ complete: false, exitCode: 1 }, {}).passed).toBe(false);
  });
});

it('is not fooled by names that every object has', () => {
  expect(parseReport('{"v":1,"metrics":{"constructor":1}}')).toEqual({ v: 1, metrics: { constructor: 1 } });
  expect(judge({ ...good, report: '{"v":1,"metrics":{"toString":1}}' }, THRESHOLDS).passed).toBe(false);
});

it('writes metrics as people read them', () => {
  expect(formatMetric({ name: 'auc', value: 0.941, ok: true, threshold: { min: 0.92 } })).toBe('auc 0.941 (≥ 0.92)');
  expect(formatMetric({ name: 'latencyP99Ms', value: 118, ok: true, threshold: { max: 150 } })).toBe('p99 118 ms (≤ 150)');
  expect(formatMetric({ name: 'drift', value: 0.1, ok: true, threshold: { min: 0, max: 1 } })).toBe('drift 0.1 (≥ 0, ≤ 1)');
  expect(formatMetric({ name: 'recall', value: 0.8, ok: true })).toBe('recall 0.8');
});

describe('what a gate demands of its report', () => {
  const reported = (more: object) => ({
    ...good,
    report: JSON.stringify({ v: 1, metrics: { auc: 0.95, latencyP99Ms: 100 }, ...more }),
  });

  it.each([
    [{ nonce: 'mine' }, { nonce: 'mine' }, undefined],
    [{ nonce: 'mine' }, {}, 'does not name the nonce'],
    [{ nonce: 'mine' }, { nonce: 'theirs' }, 'nonce of another run'],
    [{ nonce: 'mine' }, { nonce: ['mine'] }, 'does not name the nonce'],
    [{ minSamples: 1000 }, { samples: 1000 }, undefined],
    [{ minSamples: 1000 }, { samples: 999 }, '999 samples, fewer than 1000'],
    [{ minSamples: 1000 }, {}, 'does not say how many samples'],
  ])('%j: %j is judged', (demands, more, reason) => {
    const verdict = judge(reported(more), THRESHOLDS, demands);
    expect(verdict.passed).toBe(reason === undefined);
    if (reason !== undefined) expect(verdict.reason).toContain(reason);
  });

  it('takes a bound beyond the range of a name for another meaning of the name', () => {
    const percent = { accuracy: { min: 92 } };
    expect(judge({ ...good, report: '{"v":1,"metrics":{"accuracy":95}}' }, percent).passed).toBe(true);
  });
});
