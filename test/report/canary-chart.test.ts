import { describe, expect, it } from 'vitest';
import type { CanaryStep, Revision } from '../../lib/release';
import { canaryCharts } from '../../lib/report/canary-chart';
import { historyPage } from '../../lib/report/history-page';

const step = (
  share: number,
  minute: number,
  verdict: CanaryStep['verdict'],
  errors: number,
  more: Partial<CanaryStep> = {},
): CanaryStep => ({
  workload: 'Deployment/fraud',
  type: 'canary',
  split: 'route',
  percent: share,
  share,
  replicas: 1,
  started: `2026-01-02T03:0${minute}:00Z`,
  seconds: 60,
  verdict,
  requests: 500,
  stableRequests: 4500,
  measured: [{ name: 'errors', candidate: errors, stable: 0.001, max: 0.01, ok: errors <= 0.01 }],
  ...more,
});
const revision = (number: number, canary: readonly CanaryStep[] | undefined): Revision => ({
  revision: number,
  state: canary?.some(({ verdict }) => verdict === 'failed') ? 'rolled-back' : 'superseded',
  action: 'upgrade',
  started: '2026-01-02T03:00:00Z',
  seconds: 180,
  by: 'ci',
  plan: 'digest',
  changes: { create: 0, change: 1, replace: 0, delete: 0 },
  changed: [],
  versions: [`v${number}`],
  gates: [],
  content: [],
  ...(canary === undefined ? {} : { canary }),
});

const good = [step(10, 0, 'passed', 0.002), step(50, 1, 'passed', 0.001), step(100, 2, 'promoted', 0.001)];
const bad = [step(10, 0, 'failed', 0.05, { reason: 'errors 0.05 are above 0.01' })];

describe('the charts of canaries', () => {
  it('are not there without a canary', () => {
    expect(canaryCharts([revision(1, undefined)])).toBeUndefined();
    expect(historyPage({ release: 'fraud', namespace: 'team' }, [revision(1, undefined)])).not.toContain('Canaries');
  });

  it('show the share and each value over time, the newest revision first, and why a step did not pass', () => {
    const text = String(canaryCharts([revision(1, good), revision(2, bad)]));
    expect([...text.matchAll(/<h3>([^<]*)/g)].map(([, title]) => title)).toEqual([
      'Revision 2 rolled-back: canary of Deployment/fraud',
      'Revision 1 superseded: canary of Deployment/fraud',
    ]);
    expect([...text.matchAll(/<title[^>]*>([^<]*)/g)].map(([, title]) => title)).toEqual([
      'share of the requests, percent over time',
      'errors over time',
      'share of the requests, percent over time',
      'errors over time',
    ]);
    expect(text).toContain('10 %: failed, errors 0.05 are above 0.01');
    // Three steps as one line, higher with the share.
    const courses = [...text.matchAll(/class="course" d="([^"]*)"/g)].map(([, path = '']) => path);
    const heights = [...(courses[2] ?? '').matchAll(/[ML]\d+ (\d+)H/g)].map(([, y]) => Number(y));
    expect(heights).toEqual([...heights].sort((a, b) => b - a));
    expect(new Set(heights).size).toBe(3);
    expect(text.match(/class="bad"/g)).toHaveLength(2);
  });

  it('draw three revisions at most', () => {
    const text = String(canaryCharts([1, 2, 3, 4, 5].map((number) => revision(number, good))));
    expect([...text.matchAll(/<h3>Revision (\d)/g)].map(([, number]) => number)).toEqual(['5', '4', '3']);
  });

  it('escape what a cluster says', () => {
    const hostile = [step(10, 0, 'failed', 1, { workload: 'Deployment/<b>', reason: '<script>' })];
    expect(String(canaryCharts([revision(1, hostile)]))).not.toMatch(/<script>|<b>x|Deployment\/<b>/);
  });
});
