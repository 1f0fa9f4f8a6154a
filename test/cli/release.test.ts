import { expect, it } from 'vitest';
import { historyLine } from '../../lib/cli/print/history';
import { printList } from '../../lib/cli/print/list';
import { printPlan } from '../../lib/cli/print/plan';
import { program } from '../../lib/cli/program';
import { reporterFor } from '../../lib/cli/progress/reporters';
import type { Desired, Head, Plan, ReleaseEvent, Revision } from '../../lib/release';

const revision: Revision = {
  revision: 4,
  state: 'deployed',
  action: 'upgrade',
  started: '2026-01-01T00:00:00Z',
  seconds: 12.3,
  by: 'alice@laptop',
  plan: 'p',
  changes: { create: 0, change: 2, replace: 0, delete: 1 },
  changed: [],
  versions: ['v2.2.0'],
  gates: [
    {
      name: 'g',
      phase: 'before',
      passed: true,
      attempts: 1,
      metrics: [
        { name: 'auc', value: 0.941, ok: true, threshold: { min: 0.92 } },
        { name: 'latencyP99Ms', value: 118, ok: true, threshold: { max: 150 } },
      ],
    },
  ],
  content: [],
};
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'n' }, data: { a: 'c2VjcmV0' } };
const plan: Plan = {
  release: 'r',
  namespace: 'n',
  digest: 'd',
  gates: [],
  problems: [],
  objects: [
    {
      key: 'a',
      action: 'change',
      manifest: secret,
      live: secret,
      changes: [{ path: 'data.a', from: '(secret)', to: '(secret)' }],
      conflicts: [],
    },
    { key: 'b', action: 'unchanged', manifest: { ...secret, kind: 'ConfigMap' }, changes: [], conflicts: [] },
  ],
};

const desired: Desired = { release: 'r', namespace: 'n', objects: [], gates: [] };

/** What is printed of an event. */
function told(output: 'text' | 'json' | 'ndjson', event: ReleaseEvent): string {
  const out: string[] = [];
  const reporter = reporterFor({ output, env: {}, screen: { write: (text) => out.push(text) } });
  reporter.event(event);
  reporter.close();
  return out.join('');
}

it('writes a line of history with numbers', () => {
  expect(historyLine(revision).split('\n')).toEqual([
    '4 deployed v2.2.0 gate auc 0.941 (≥ 0.92) p99 118 ms (≤ 150)',
    '    2026-01-01T00:00:00Z alice@laptop, upgrade, 12.3 s, 2 changed, 1 deleted',
  ]);
  const rejected = {
    ...revision,
    state: 'rejected' as const,
    gates: [{ name: 'g', phase: 'before' as const, passed: false, attempts: 1, metrics: [], reason: 'reported no numbers' }],
  };
  expect(historyLine(rejected)).toContain('gate failed: reported no numbers');
  expect(historyLine(rejected)).not.toMatch(/created|changed|deleted/);
});

it('never prints whole objects, which may be Secrets', () => {
  for (const output of ['text', 'markdown', 'json', 'ndjson'] as const) {
    expect(printPlan({ plan, problems: [], desired }, output)).not.toContain('c2VjcmV0');
    if (output !== 'markdown') expect(told(output, { type: 'planned', plan })).not.toContain('c2VjcmV0');
  }
});

it('says of a release that nobody finished that it was interrupted', () => {
  const journal = { revision, phase: 'apply', steps: [], run: 'x', temporary: [] } as const;
  const head: Head = { v: 1, release: 'r', namespace: 'n', fence: 1, revisions: [revision], kinds: [], journal };
  expect(printList([head], 'text', { now: Date.parse('2026-01-03T00:00:00Z') })).toBe(
    'NAMESPACE   NAME   REVISION   UPDATED   STATUS        VERSION\nn           r      4          2d ago    interrupted   v2.2.0',
  );
  const field = { path: 'data.THRESHOLD', manager: 'kubectl-edit', time: '2026-01-02T22:00:00Z' };
  const drift = new Map([[head, [{ object: 'ConfigMap/fraud', kind: 'edited', fields: [field] } as const]]]);
  const now = Date.parse('2026-01-03T00:00:00Z');
  expect(printList([head], 'text', { now, drift })).toMatch(/DRIFT\n.*1 field edited by kubectl-edit 2h ago/s);
  expect(printList([head], 'text', { now, drift: new Map([[head, []]]) })).toMatch(/none$/m);
  expect(printList([head], 'text', { now, drift: new Map() })).toMatch(/-$/m);
  expect(printList([], 'text')).toBe('no releases');
  expect(printList([], 'text', { namespace: 'n' })).toBe('no releases in namespace n; --all-namespaces lists all');
});

it('has a command for each verb, and refuses durations that it cannot read', async () => {
  const serving = program();
  for (const command of serving.commands) command.configureOutput({ writeErr: () => undefined }).exitOverride();
  expect(serving.commands.map((command) => command.name())).toEqual(
    expect.arrayContaining(['plan', 'apply', 'rollback', 'uninstall', 'history', 'status', 'list', 'manifest']),
  );

  await expect(serving.parseAsync(['node', 'serving', 'apply', 'x', '--timeout', '10 minutes'])).rejects.toThrow('90s or 10m');
});
