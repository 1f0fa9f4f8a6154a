import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSandbox, RealClock, serve } from '../../lib/testing';
import { folder, stack } from '../release/manifests';
import { onTerminal } from './on-terminal';

describe('a rehearsal on a terminal', { timeout: 60_000 }, () => {
  it('draws one block again and again, leaves its last state, and gives the cursor back', async () => {
    const { code, raw, lines, cursor } = await onTerminal({}, 'rehearse', 'dist/staging/fraud-model', '--fail', 'crash');
    expect([code, cursor]).toEqual([0, 'shown']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys
    expect(raw.match(/\u001b\[\d+A/g)?.length ?? 0).toBeGreaterThan(5);
    expect(raw).toContain('rolling out');
    // Drawn often, there once for each release.
    expect(lines.filter((line) => line.startsWith('fraud-model in team-fraud-staging, revision'))).toEqual([
      expect.stringMatching(/^fraud-model in team-fraud-staging, revision 1 \(install\): rolling out +\d:\d\d$/),
      expect.stringMatching(/^fraud-model in team-fraud-staging, revision 2 \(upgrade\): rolling back +\d:\d\d$/),
    ]);
    expect(lines.filter((line) => line.startsWith('✔ gate auc 0.944 (≥ 0.92)  p99 120 ms (≤ 150)'))).toHaveLength(2);
    const text = lines.join('\n');
    expect(text).toContain('✔ fraud-model revision 1: succeeded, v2.2.0-rc1, 7 created in');
    expect(text).toContain('✖ fraud-model revision 2 (upgrade to v2.2.0-rc2) was rolled back');
    expect(text).toContain('log: fatal: the model cannot be loaded');
    const drawn = lines.filter((line) => /^([✔●○·!↺]|fraud-model in)/.test(line));
    for (const line of drawn) expect(line.length).toBeLessThan(80);
  });

  it('is coloured there, and not where NO_COLOR is set', async () => {
    const args = ['rehearse', 'dist/staging/my-model', '--fail', 'image'] as const;
    const [coloured, plain] = await Promise.all([onTerminal({}, ...args), onTerminal({ env: { NO_COLOR: '1' } }, ...args)]);
    expect(coloured.raw).toContain('\u001b[32m');
    expect(plain.raw).not.toContain('\u001b[32m');
  });

  it('clears up when somebody presses Ctrl-C', async () => {
    const { code, lines, cursor } = await onTerminal(
      { interruptAfter: 'rolling out' },
      'rehearse',
      'dist/staging/ml-serving-stack',
    );
    expect([code, cursor]).toEqual([130, 'shown']);
    expect(lines.join('\n')).not.toContain('rolling out');
  });
});

describe('a release on a terminal', { timeout: 60_000 }, () => {
  it('is undone when somebody presses Ctrl-C, and says so', async () => {
    const served = await serve(createSandbox({ clock: new RealClock(), podBehavior: () => ({ readyMs: 60_000 }) }));
    const kubeconfig = join(mkdtempSync(join(tmpdir(), 'terminal-')), 'kubeconfig');
    writeFileSync(kubeconfig, served.kubeconfig, { mode: 0o600 });
    const args = ['apply', folder(stack({ namespace: 'terminal' })), '--create-namespace', '--kubeconfig', kubeconfig];
    const { code, lines, cursor } = await onTerminal({ interruptAfter: '1 waiting' }, ...args);
    const text = lines.join('\n');
    expect([code, cursor, text]).toEqual([
      5,
      'shown',
      expect.stringContaining('Interrupted: rolling back. Interrupt again to exit at once.'),
    ]);
    expect(text).toContain('✖ fraud revision 1 (install to v1) was rolled back');
    expect(text).toContain('restored  4 objects');
    await served.close();
  });

  it('asks before it deletes', async () => {
    const served = await serve(createSandbox({ clock: new RealClock() }));
    const kubeconfig = join(mkdtempSync(join(tmpdir(), 'terminal-')), 'kubeconfig');
    writeFileSync(kubeconfig, served.kubeconfig, { mode: 0o600 });
    const { code, lines } = await onTerminal({ interruptAfter: '[y/N]' }, 'uninstall', 'fraud', '--kubeconfig', kubeconfig);
    expect([code, lines.join('\n')]).toEqual([130, expect.stringContaining('Delete all objects of fraud in default? [y/N]')]);
    await served.close();
  });
});
