import { describe, expect, it } from 'vitest';
import { painter } from '../../../lib/cli/print/style';
import { frame } from '../../../lib/cli/progress/frame';
import { advance, begin, type Progress } from '../../../lib/cli/progress/progress';
import type { ReleaseEvent } from '../../../lib/release';
import { failed, gateStarted, judged, planned, pod, said, started, wave, written } from './events';

const SIZE = { columns: 80, rows: 24 };
const happened = (events: readonly ReleaseEvent[], about = {}): Progress =>
  events.reduce((progress, event, index) => advance(progress, event, (index + 1) * 1000), begin(0, about));

const rollout = [
  planned('Service/model', 'Deployment/model', 'Deployment/proxy', 'Ingress/model'),
  started,
  gateStarted,
  judged,
  wave(1, 2, 'Service/model', 'Deployment/model', 'Deployment/proxy'),
  written('Service/model'),
  written('Deployment/model'),
  written('Deployment/proxy'),
  said('Deployment/model', 'Updated: 2/3'),
  pod('Deployment/model', 'model-7d9f-aaaaa', 'pulling', 'Pulling image "registry.company.com/fraud-model:v2.2.0-rc2"'),
  pod('Deployment/model', 'model-7d9f-bbbbb', 'starting', 'Containers are being created'),
  pod('Deployment/model', 'model-7d9f-bbbbb', 'loading', 'Startup probe failed: connection refused'),
  pod('Deployment/model', 'model-7d9f-ccccc', 'loading', 'Running, not ready'),
  pod('Deployment/model', 'model-7d9f-ccccc', 'ready'),
];

describe('a frame at 80 columns', () => {
  it('shows gate, wave, and what each pod waits for', () => {
    expect(frame(happened(rollout, { budgetMs: 600_000 }), 20_000, SIZE)).toEqual([
      'fraud in team, revision 2 (upgrade): rolling out                  0:20 of 10:00',
      '✔ gate auc 0.941 (≥ 0.92)  p99 118 ms (≤ 150)  validate                    0:01',
      '● wave 1 of 2  2 of 3 done, 1 waiting',
      '○ 1 object later',
      '  · Deployment/model  Updated: 2/3                                         0:11',
      '      model-7d9f-aaaaa  pulling: registry.company.com/fraud-model:v2.2.0…  0:10',
      '      model-7d9f-bbbbb  loading: Startup probe failed: connection refused  0:08',
      '      model-7d9f-ccccc  ready in 0:01',
    ]);
  });

  it('says when nothing moves any more, and when that will be given up', () => {
    expect(frame(happened(rollout), 100_000, SIZE)[4]).toBe('! nothing has moved for 1:26; given up after 10:00');
    expect(frame(happened(rollout), 20_000, SIZE).join()).not.toContain('nothing has moved');
  });

  it('shows why the pod of a gate does not start, until it does', () => {
    const waits: ReleaseEvent = {
      type: 'pod',
      object: 'Job/validate-1',
      pod: { name: 'validate-1-x', phase: 'scheduling', message: '0/5 nodes are available' },
      gate: 'validate',
    };
    const begun = [planned('Deployment/model'), started, gateStarted, waits];
    expect(frame(happened(begun), 5_000, SIZE)[1]).toContain('gate validate, scheduling: 0/5 nodes are available');
    const runs: ReleaseEvent = { ...waits, pod: { ...waits.pod, phase: 'ready', message: '' } };
    expect(frame(happened([...begun, runs]), 6_000, SIZE).join('\n')).not.toMatch(/scheduling|validate-1/);
  });

  it('shows a gate while it runs, and one that did not pass with its reason', () => {
    const running = happened([planned('Deployment/model'), started, gateStarted]);
    expect(frame(running, 65_000, SIZE)).toEqual([
      'fraud in team, revision 2 (upgrade): gate                                  1:05',
      '● gate validate                                                            1:02',
    ]);
    const no: ReleaseEvent = {
      type: 'gate-judged',
      evidence: { name: 'validate', phase: 'before', passed: false, attempts: 1, metrics: [], reason: 'reported no numbers' },
    };
    expect(frame(advance(running, no, 4000), 5000, SIZE)[1]).toMatch(/^✖ gate reported no numbers {2}validate {2,}0:01$/);
  });

  it('shows an undo, and an uninstall', () => {
    const undoing = happened([
      ...rollout,
      failed,
      { type: 'rolling-back', objects: 3 },
      { type: 'restored', object: 'Deployment/model' },
    ]);
    expect(frame(undoing, 20_000, SIZE)).toEqual([
      'fraud in team, revision 2 (upgrade): rolling back                          0:20',
      '✔ gate auc 0.941 (≥ 0.92)  p99 118 ms (≤ 150)  validate                    0:01',
      '↺ 1 object put back as before',
    ]);
    const gone = happened(
      [
        { type: 'started', revision: 3, action: 'uninstall' },
        { type: 'wave', number: 1, of: 1, objects: ['Service/a', 'Deployment/a'] },
        { type: 'written', object: 'Deployment/a', action: 'delete' },
      ],
      { release: 'fraud', namespace: 'team' },
    );
    expect(frame(gone, 5000, SIZE)).toEqual([
      'fraud in team, revision 3 (uninstall): rolling out                         0:05',
      '● delete  1 of 2 deleted',
    ]);
  });

  it('waits for a lock by the name of whoever holds it', () => {
    const [only] = frame(happened([{ type: 'waiting-for-lock', holder: 'alice@laptop' }]), 3000, SIZE);
    expect(only).toMatch(/^release: waiting for another release \(alice@laptop\) +0:03$/);
  });

  it('never shows what a terminal would obey', () => {
    const evil = pod('Deployment/model', 'model-7d9f-aaaaa', 'failing', 'a\u001b[2Jb\u0007c\r\nd');
    expect(frame(happened([...rollout, evil]), 20_000, SIZE).join('\n')).toContain('failing: abc d');
  });

  it('is marked with colours that do not change its width', () => {
    const paint = painter({ isTTY: true }, {});
    const plain = frame(happened(rollout), 20_000, SIZE);
    const painted = frame(happened(rollout), 20_000, SIZE, paint);
    expect(painted).not.toEqual(plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are such
    expect(painted.map((line) => line.replaceAll(/\u001b\[\d+m/g, ''))).toEqual(plain);
  });
});

describe('a frame of 500 objects', () => {
  const names = Array.from({ length: 500 }, (_, index) => `Deployment/model-${String(index).padStart(3, '0')}`);
  const begun = happened([planned(...names), started, wave(1, 1, ...names), ...names.map(written)]);
  const busy = names.slice(100).reduce((progress, name, index) => {
    const waiting = advance(progress, said(name, 'Available: 0/1'), 1000 + index);
    return advance(waiting, pod(name, `${name}-x`, index % 3 === 0 ? 'pulling' : 'loading', 'still'), 1000 + index);
  }, begun);

  it.each([
    [80, 24],
    [80, 10],
    [40, 6],
    [200, 60],
    [10, 3],
  ])('fits into %i columns and %i rows', (columns, rows) => {
    const lines = frame(busy, 60_000, { columns, rows });
    expect(lines.length).toBeLessThanOrEqual(Math.max(4, Math.min(rows - 2, 20)));
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(Math.max(columns - 1, 20));
  });

  it('names those that wait longest, and counts the rest', () => {
    const lines = frame(busy, 60_000, { columns: 80, rows: 12 });
    expect(lines).toEqual([
      'fraud in team, revision 2 (upgrade): rolling out                           1:00',
      '● objects  100 of 500 done, 400 waiting',
      '! nothing has moved for 0:58; given up after 10:00',
      '  · Deployment/model-100  Available: 0/1; pods: 1 pulling                  0:59',
      '  · Deployment/model-101  Available: 0/1; pods: 1 loading                  0:58',
      '  · Deployment/model-102  Available: 0/1; pods: 1 loading                  0:58',
      '  · Deployment/model-103  Available: 0/1; pods: 1 pulling                  0:58',
      '  · Deployment/model-104  Available: 0/1; pods: 1 loading                  0:58',
      '  · Deployment/model-105  Available: 0/1; pods: 1 loading                  0:58',
      '  and 394 more waiting; pods: 132 pulling, 262 loading',
    ]);
    const worse = advance(busy, pod('Deployment/model-499', 'x', 'failing', 'no'), 60_000);
    expect(frame(worse, 60_000, { columns: 80, rows: 12 }).find((line) => line.startsWith('  '))).toBe(
      '  ✖ Deployment/model-499  Available: 0/1; pods: 1 failing, 1 pulling       0:58',
    );
  });

  it('shows an object of many pods by those that are worst off', () => {
    const many = Array.from({ length: 40 }, (_, index) => pod('Deployment/m', `m-${index}`, index < 38 ? 'ready' : 'pulling'));
    const lines = frame(happened([planned('Deployment/m'), wave(1, 1, 'Deployment/m'), ...many]), 60_000, {
      columns: 80,
      rows: 9,
    });
    expect(lines.slice(-4)).toEqual([
      expect.stringContaining('Deployment/m'),
      expect.stringContaining('m-38  pulling'),
      expect.stringContaining('m-39  pulling'),
      '      and 38 pods: 38 ready',
    ]);
  });
});
