import { describe, expect, it } from 'vitest';
import type { Revision, RevisionState } from '../../lib/release';
import { historyCharts, seriesOf } from '../../lib/report/history-chart';
import { historyPage } from '../../lib/report/history-page';

const revision = (number: number, state: RevisionState, auc?: number, min = 0.92, more: Partial<Revision> = {}): Revision => ({
  revision: number,
  state,
  action: 'upgrade',
  started: '2026-01-02T03:04:05Z',
  seconds: 12,
  by: 'ci',
  plan: 'digest',
  changes: { create: 0, change: 2, replace: 0, delete: 0 },
  changed: [],
  versions: [`v${number}`],
  content: [],
  gates:
    auc === undefined
      ? []
      : [
          {
            name: `validate-${String(number).padStart(10, '0')}`,
            phase: 'before',
            passed: auc >= min,
            attempts: 1,
            metrics: [{ name: 'auc', value: auc, threshold: { min }, ok: auc >= min }],
          },
        ],
  ...more,
});
const revisions = [
  revision(1, 'superseded', 0.93),
  revision(2, 'rejected', 0.9),
  revision(3, 'rolled-back', 0.95, 0.94),
  revision(4, 'failed'),
  revision(5, 'deployed', 0.96, 0.94),
];

describe('the charts of a history', () => {
  it('follow each metric of each gate, whatever hash its Job has', () => {
    expect(seriesOf(revisions).map(({ gate, metric, points }) => [gate, metric, points.map((point) => point.revision)])).toEqual([
      ['validate', 'auc', [1, 2, 3, 5]],
    ]);
  });

  it('draw the threshold of each revision, and every end of a revision with a shape of its own', () => {
    const text = historyCharts(revisions).toString();
    const [bound = ''] = [...text.matchAll(/class="bound" d="(M[^"]*)"\/><text/g)].map(([, path = '']) => path);
    const heights = [...bound.matchAll(/M\d+ (\d+)H/g)].map(([, y]) => Number(y));
    expect(heights).toHaveLength(4);
    expect(heights[0]).toBe(heights[1]);
    expect(heights[2]).toBeLessThan(heights[1] ?? 0);
    const legend = text.slice(0, text.indexOf('</ul>'));
    const shapes = [...legend.matchAll(/d="M0 0([^"]+)"/g)].map(([, path]) => path);
    expect(new Set(shapes).size).toBe(5);
    for (const state of ['superseded', 'rejected', 'rolled-back', 'failed', 'deployed'])
      expect(legend).toContain(`</svg>${state}</li>`);
  });

  it('connect what has served, and write beside a point that fails what it was', () => {
    const text = historyCharts(revisions).toString();
    const course = /class="course" d="([^"]*)"/.exec(text)?.[1] ?? '';
    expect(course.match(/[ML]/g)).toEqual(['M', 'L']);
    expect(text).toMatch(/text-anchor="middle">0\.9<\/text>/);
    expect(text).not.toMatch(/text-anchor="middle">0\.93<\/text>/);
    expect(text).toContain('revision 2 rejected: 0.9, not as it has to be');
  });

  it('stay finite for one value, and say so where nothing was measured', () => {
    expect(historyCharts([revision(1, 'deployed', 0, 0)]).toString()).not.toMatch(/NaN|Infinity/);
    expect(historyCharts([revision(1, 'deployed')]).toString()).toContain('No gate has reported numbers.');
  });
});

describe('the page of a history', () => {
  it('has a row for each revision, the newest first, and says why one failed', () => {
    const problem = { code: 'GATE_REJECTED', subject: 'Job/<validate>', message: 'no', remedy: 'Try.' } as const;
    const failed = revision(2, 'rejected', 0.9, 0.92, { failure: { problem, events: [], logs: [] } });
    const text = historyPage({ release: 'fraud', namespace: 'team' }, [revision(1, 'deployed', 0.93), failed]);
    expect([...text.matchAll(/<tr><th scope="row">(\d+)/g)].map(([, number]) => number)).toEqual(['2', '1']);
    expect(text).toContain('before: failed, auc 0.9 (≥ 0.92)');
    expect(text).toContain('Job/&lt;validate&gt;: no. Try. [GATE_REJECTED]');
    expect(text).toContain('Revision 1 is deployed: v1.');
  });
});
