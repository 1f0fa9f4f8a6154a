import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pulse } from '../../../lib/cli/progress/lines';
import { advance, begin } from '../../../lib/cli/progress/progress';
import { type Reporter, reporterFor } from '../../../lib/cli/progress/reporters';
import type { ReleaseEvent, ReleaseResult, Revision } from '../../../lib/release';
import { failed, gateStarted, judged, planned, pod, ready, said, started, wave, written } from './events';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-01T12:00:00Z') }));
afterEach(() => void vi.useRealTimers());

const revision: Revision = {
  revision: 2,
  state: 'deployed',
  action: 'upgrade',
  started: '2026-01-01T12:00:00Z',
  seconds: 12.3,
  by: 'alice@laptop',
  plan: 'p',
  changes: { create: 1, change: 0, replace: 0, delete: 0 },
  changed: ['Deployment/model'],
  versions: ['v2.2.0'],
  gates: judged.type === 'gate-judged' ? [judged.evidence] : [],
  content: [],
};
const done: ReleaseResult = { outcome: 'succeeded', release: 'fraud', namespace: 'team', revision, problems: [] };
const failure = failed.type === 'failed' ? failed.failure : undefined;
const undone: ReleaseResult = {
  ...done,
  outcome: 'rolled-back',
  revision: { ...revision, state: 'rolled-back', restored: ['Deployment/model'], ...(failure ? { failure } : {}) },
  problems: failure ? [failure.problem] : [],
};

/** Tells of a release, one event a second, and gives what was printed. */
function told(events: readonly ReleaseEvent[], result: ReleaseResult, env = {}, screen = {}): string {
  const out: string[] = [];
  const reporter: Reporter = reporterFor({ output: 'text', env, screen: { write: (text) => out.push(text), ...screen } });
  for (const event of events) {
    vi.advanceTimersByTime(1000);
    reporter.event(event);
  }
  reporter.result(result);
  return out.join('');
}

const rollout = [
  planned('Service/model', 'Deployment/model'),
  started,
  gateStarted,
  judged,
  wave(1, 1, 'Service/model', 'Deployment/model'),
  written('Service/model'),
  written('Deployment/model'),
  said('Deployment/model', 'Updated: 0/1'),
  pod('Deployment/model', 'model-1', 'pulling', 'Pulling image "a:1"'),
  pod('Deployment/model', 'model-1', 'pulling', 'Pulling image "a:1", still'),
  pod('Deployment/model', 'model-1', 'loading'),
];

describe('a release in a log', () => {
  it('is lines with the time, and says at the end what changed and what to do next', () => {
    expect(
      told([...rollout, ready('Deployment/model')], done)
        .trim()
        .split('\n'),
    ).toEqual([
      'other',
      '  + create Service/model',
      '  + create Deployment/model',
      'fraud in team: 2 to create',
      '12:00:02Z revision 2: upgrade',
      '12:00:03Z gate validate …',
      '12:00:04Z gate auc 0.941 (≥ 0.92) p99 118 ms (≤ 150)',
      '12:00:06Z create Service/model',
      '12:00:07Z create Deployment/model',
      '12:00:08Z   Deployment/model: Updated: 0/1',
      '12:00:09Z   Pod/model-1: pulling: Pulling image "a:1"',
      '12:00:11Z   Pod/model-1: loading',
      '12:00:12Z ready Deployment/model in 0:04',
      '✔ fraud revision 2: succeeded, v2.2.0, 1 created in 12.3 s',
      '  serving status fraud -n team    the status of every object',
      '  serving rollback fraud -n team  goes back to the previous revision',
    ]);
  });

  it('gives a sign of life while nothing happens', () => {
    const out: string[] = [];
    const reporter = reporterFor({ output: 'text', budgetMs: 600_000, env: {}, screen: { write: (text) => out.push(text) } });
    for (const event of rollout) reporter.event(event);
    out.length = 0;
    vi.advanceTimersByTime(25_000);
    expect(out.join('').trim().split('\n')).toEqual([
      '12:00:10Z waiting for 1 of 2 objects, 0:10 of 10:00 spent: Deployment/model (0:10; 1 loading)',
      '12:00:20Z waiting for 1 of 2 objects, 0:20 of 10:00 spent: Deployment/model (0:20; 1 loading)',
    ]);
    reporter.close();
  });

  it('of 500 objects is a summary from time to time', () => {
    const names = Array.from({ length: 500 }, (_, index) => `Deployment/m-${index}`);
    const all = [
      planned(...names),
      started,
      wave(1, 1, ...names),
      ...names.map(written),
      ...names.map((name) => said(name, 'Available: 0/1')),
    ];
    const lines = told(all, done).split('\n');
    expect(lines.length).toBeLessThan(200);
    expect(lines.filter((line) => /Z written \d+ of 500 objects$/.test(line)).length).toBeGreaterThan(40);
    expect(lines.filter((line) => /waiting for \d+ of 500 objects/.test(line)).length).toBeGreaterThan(40);
    const progress = all.reduce((before, event) => advance(before, event, 0), begin(0));
    expect(pulse(progress, 30_000)).toBe(
      'waiting for 500 of 500 objects, 0:30 spent: Deployment/m-0 (0:30), Deployment/m-1 (0:30), Deployment/m-10 (0:30) and 497 more',
    );
  });

  it('ends with a report when it failed: since when, cause, evidence, what was undone, what to do', () => {
    const lines = told([...rollout, failed, { type: 'rolling-back', objects: 1 }], undone)
      .trim()
      .split('\n');
    expect(lines.slice(lines.findIndex((line) => line.startsWith('✖')))).toEqual([
      '✖ fraud revision 2 (upgrade to v2.2.0) was rolled back',
      '  failed    Deployment/model',
      '  since     2026-01-01T00:00:40Z',
      '  cause     The container starts and ends again and again: Container server: failures 2, the last one exit code 3.',
      '  evidence  pod: model-1, container server, exit code 3, 1 restart',
      '            event: BackOff: Back-off restarting failed container',
      '            log: loading model',
      '            log: fatal: no such file : :error::injected',
      '  restored  1 object: Deployment/model.',
      '  fix       Read the last log lines. [ROLLOUT_FAILED]',
      '  next      serving history fraud -n team --revision 2',
      '            serving status fraud -n team',
    ]);
  });
});

describe('a release on GitHub Actions', () => {
  const env = (file: string) => ({ CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file });
  const file = () => join(mkdtempSync(join(tmpdir(), 'summary-')), 'summary.md');

  it('folds the plan, ends with a notice, and adds plan and gates to the step summary', () => {
    const summary = file();
    const lines = told([...rollout, ready('Deployment/model')], done, env(summary), { isTTY: true })
      .trim()
      .split('\n');
    expect(lines[0]).toBe('::group title=::Plan: fraud in team: 2 to create'.replace(' title=', ''));
    expect(lines[5]).toBe('::endgroup::');
    expect(lines.at(-1)).toBe(
      '::notice title=fraud revision 2%3A succeeded%2C v2.2.0%2C 1 created in 12.3 s::fraud revision 2: succeeded, v2.2.0, 1 created in 12.3 s',
    );
    const text = readFileSync(summary, 'utf8');
    expect(text).toMatch(/^### ✅ fraud revision 2: succeeded/);
    expect(text).toContain('- validate: gate auc 0.941 (≥ 0.92) p99 118 ms (≤ 150)');
    expect(text).toContain('### Plan: fraud in team');
  });

  it('annotates a failure, and nothing that a pod has logged becomes a command', () => {
    const summary = file();
    const lines = told([...rollout, failed], undone, env(summary))
      .trim()
      .split('\n');
    expect(lines.filter((line) => line.trimStart().startsWith('::')).map((line) => line.slice(0, 8))).toEqual([
      '::group:',
      '::endgro',
      '::error ',
    ]);
    expect(lines.at(-1)).toContain('::Deployment/model: CrashLoop: Container server: failures 2, the last one exit code 3. Read');
    const text = readFileSync(summary, 'utf8');
    expect(text).toContain('### ❌ fraud revision 2 (upgrade to v2.2.0) was rolled back');
    expect(text).toContain('```text\npod: model-1, container server, exit code 3, 1 restart\n');
  });

  it('annotates warnings', () => {
    const problem = { code: 'OBJECT_NOT_DELETED', subject: 'Service/a', message: '100% left', remedy: 'Look.' } as const;
    const lines = told([{ type: 'warning', problem }], done, env(file())).split('\n');
    expect(lines[1]).toBe('::warning title=OBJECT_NOT_DELETED::Service/a: 100%25 left. Look. [OBJECT_NOT_DELETED]');
  });
});

describe('a release for machines', () => {
  it.each([
    ['json', 1],
    ['ndjson', rollout.length + 1],
  ] as const)('%s: one document each', (output, amount) => {
    const out: string[] = [];
    const reporter = reporterFor({ output, env: {}, screen: { isTTY: true, write: (text) => out.push(text) } });
    for (const event of rollout) reporter.event(event);
    reporter.result(done);
    const documents = out
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly type?: string; readonly outcome?: string });
    expect(documents).toHaveLength(amount);
    expect(documents.at(-1)).toMatchObject({ outcome: 'succeeded', release: 'fraud' });
  });
});
