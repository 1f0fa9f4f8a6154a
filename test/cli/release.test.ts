import { Command } from 'commander';
import { expect, it } from 'vitest';
import { historyLine } from '../../lib/cli/print/history';
import { printList } from '../../lib/cli/print/list';
import { planText } from '../../lib/cli/print/plan';

import { registerReleaseCommands } from '../../lib/cli/release-commands';
import type { Head, Plan, Revision } from '../../lib/release';

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

it('writes a line of history with numbers', () => {
  expect(historyLine(revision).split('\n')).toEqual([
    '4 deployed v2.2.0 gate auc 0.941 (≥ 0.92) p99 118 ms (≤ 150)',
    '    2026-01-01T00:00:00Z alice@laptop, upgrade, 12.3 s, 2 change, 1 delete',
  ]);
  const rejected = {
    ...revision,
    gates: [{ name: 'g', phase: 'before' as const, passed: false, attempts: 1, metrics: [], reason: 'reported no numbers' }],
  };
  expect(historyLine(rejected)).toContain('gate failed: reported no numbers');
});

it('shows a plan field by field, and how much is left alone', () => {
  expect(planText(plan).split('\n')).toEqual([
    '~ change Secret/s',
    '    data.a: (secret) → (secret)',
    'r in n: 1 change, 1 unchanged',
  ]);
});

it('never prints whole objects, which may be Secrets', () => {
  for (const output of ['text', 'json', 'ndjson'] as const) {
    expect(releasePrinter(output).event({ type: 'planned', plan })).not.toContain('c2VjcmV0');
  }
});

it('says of a release that nobody finished that it was interrupted', () => {
  const journal = { revision, phase: 'apply', steps: [], run: 'x', temporary: [] } as const;
  const head: Head = { v: 1, release: 'r', namespace: 'n', fence: 1, revisions: [revision], kinds: [], journal };
  expect(printList([head], 'text')).toBe('n  r  4  interrupted  v2.2.0  2026-01-01T00:00:00Z');
  expect(printList([], 'text')).toBe('no releases');
});

it('ends with what came of it, and why', () => {
  const problems = [{ code: 'ROLLOUT_FAILED', subject: 'Deployment/a', message: 'ImageNotFound', remedy: 'Push it.' }] as const;
  const text = releasePrinter('text').result({ outcome: 'undone', release: 'r', namespace: 'n', revision, problems });
  expect(text).toContain('Deployment/a: ImageNotFound. Push it. [ROLLOUT_FAILED]');
  expect(text).toContain('r revision 4: failed, what was there before is restored');
  expect(JSON.parse(releasePrinter('json').result({ outcome: 'done', release: 'r', namespace: 'n', problems: [] }))).toEqual({
    outcome: 'done',
    release: 'r',
    namespace: 'n',
    problems: [],
  });
});

it('has a command for each verb, and refuses durations that it cannot read', async () => {
  const program = new Command('serving').exitOverride().configureOutput({ writeErr: () => undefined });
  registerReleaseCommands(program);
  expect(program.commands.map((command) => command.name())).toEqual([
    'plan',
    'apply',
    'rollback',
    'uninstall',
    'history',
    'status',
    'list',
    'manifest',
  ]);
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
  await expect(program.parseAsync(['node', 'serving', 'apply', 'x', '--timeout', '10 minutes'])).rejects.toThrow('90s or 10m');
});
