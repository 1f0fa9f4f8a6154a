import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOrEmpty } from '../../lib/kube/fields';
import { createSandbox, type PodBehaviorHook, RealClock, type Served, serve } from '../../lib/testing';
import { folder, gate, report, type StackOptions, stack } from '../release/manifests';
import { type Run, servingIn } from './run-serving';

let served: Served;
let env: Readonly<Record<string, string>> = {};
beforeAll(async () => {
  // A pod that is ready at once may be ready before anybody has looked at it.
  const podBehavior: PodBehaviorHook = (pod) =>
    textOrEmpty(pod, 'metadata', 'namespace') === 'ndjson' ? { readyMs: 1500 } : undefined;
  served = await serve(createSandbox({ clock: new RealClock(), podBehavior }));
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'cli-')), 'kubeconfig');
  writeFileSync(kubeconfig, served.kubeconfig, { mode: 0o600 });
  env = { KUBECONFIG: kubeconfig, NO_COLOR: '1', CI: 'true' };
});
afterAll(() => served.close());

const serving = (...args: readonly string[]): Promise<Run> => servingIn({ env }, ...args);
const manifests = (namespace: string, options: Partial<StackOptions> = {}) => folder(stack({ namespace, ...options }));
const apply = (namespace: string, options: Partial<StackOptions> = {}, ...flags: readonly string[]) =>
  serving('apply', manifests(namespace, options), '--create-namespace', ...flags);
const documents = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type?: string; readonly outcome?: string });

describe.concurrent('exit codes, as the design has them', { timeout: 60_000 }, () => {
  it('0 for done and for nothing to do; 2 for a plan with differences, unless it is told not to', async () => {
    const first = await apply('codes');
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toContain('✔ fraud revision 1: succeeded, v1, 4 created in ');
    expect((await apply('codes')).out).toContain('✔ fraud: nothing to do');
    const same = await serving('plan', manifests('codes'));
    expect([same.code, same.out]).toEqual([0, 'fraud in codes: 4 unchanged\n']);
    const other = manifests('codes', { version: 'v2' });
    const plans = await Promise.all([
      serving('plan', other),
      serving('plan', other, '--no-exit-code'),
      serving('plan', other, '-o', 'markdown'),
    ]);
    expect(plans.map(({ code }) => code)).toEqual([2, 0, 2]);
    expect(plans[0]?.out).toContain(
      '~ spec.template.spec.containers[name=server].image: registry.test/fraud:v1 → registry.test/fraud:v2',
    );
    expect(plans[2]?.out).toMatch(/^### Plan: fraud in codes\n/);
  });

  it('3 for a plan whose namespace is not there, 2 when it will be created', async () => {
    const refused = await serving('plan', manifests('nowhere'));
    expect([refused.code, refused.out]).toEqual([3, expect.stringContaining('Namespace/nowhere: does not exist')]);
    const missing = await serving('plan', manifests('nowhere'), '--create-namespace');
    expect([missing.code, missing.err]).toEqual([2, '']);
    expect(missing.out).toContain('and 1 more: namespaces "nowhere" not found; apply --create-namespace makes it');
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nowhere' } };
    const brought = await serving('plan', folder([namespace, ...stack({ namespace: 'nowhere' })]));
    expect(brought.out).toContain(': namespaces "nowhere" not found; it comes with the release');
  });

  it('3 for what is refused before any change, 4 for a gate, 5 for failed and undone', async () => {
    await apply('failures');
    const immutable = stack({ namespace: 'failures' }).map((object) =>
      object.kind === 'Deployment'
        ? { ...object, spec: { ...(object.spec as object), selector: { matchLabels: { other: 'x' } } } }
        : object,
    );
    const refused = await serving('apply', folder(immutable));
    expect([refused.code, refused.out]).toEqual([3, expect.stringContaining('refused, nothing was changed')]);
    const gates = [gate({ namespace: 'failures', report: report(0.5), exitCode: 10 })];
    const rejected = await apply('failures', { version: 'v2', gates });
    expect([rejected.code, rejected.out]).toEqual([
      4,
      expect.stringContaining('The gate reports that thresholds are not met: auc 0.5 (≥ 0.92).'),
    ]);
    const failed = await apply('failures', { version: 'v3', sim: { outcome: 'crash' } });
    expect([failed.code, failed.out]).toEqual([5, expect.stringContaining('restored  2 objects')]);
  });

  it('1 for what is wrong with the command', async () => {
    for (const args of [
      ['apply'],
      ['apply', 'x', '--what'],
      ['status', 'fraud', '-o', 'xml'],
      ['plan', '/nowhere', '--kubeconfig', '/nowhere'],
      ['history', 'nobody'],
    ])
      expect([args, (await serving(...args)).code]).toEqual([args, 1]);
  });
});

describe.concurrent('commands on a cluster', { timeout: 60_000 }, () => {
  it('tell of a failure the same later, from the record: status, history --revision, as text, JSON and Markdown', async () => {
    await apply('later');
    await apply('later', { version: 'v2', sim: { outcome: 'crash' } });
    const of = (...args: readonly string[]) => serving(...args, 'fraud', '-n', 'later');
    const [status, one, markdown, json, none] = await Promise.all([
      of('status'),
      of('history', '--revision', '2'),
      of('history', '--revision', '2', '-o', 'markdown'),
      of('history', '--revision', '2', '-o', 'json'),
      of('history', '--revision', '7'),
    ]);
    for (const { out } of [status, one]) {
      expect(out).toContain('✖ fraud revision 2 (upgrade to v2) was rolled back');
      expect(out).toMatch(/cause {5}The container starts and ends again and again/);
      expect(out).toContain('evidence  pod: ');
    }
    expect(markdown.out).toContain('### ❌ fraud revision 2');
    expect(JSON.parse(json.out)).toMatchObject({
      state: 'rolled-back',
      report: { code: 'ROLLOUT_FAILED', next: [expect.any(String), expect.any(String)] },
    });
    expect([none.code, none.err]).toEqual([1, expect.stringMatching(/expected one of 1, 2.*REVISION_UNKNOWN/)]);
  });

  it('print one document, or one per event', async () => {
    const [json, ndjson] = await Promise.all([apply('json', {}, '-o', 'json'), apply('ndjson', {}, '-o', 'ndjson')]);
    expect(documents(json.out)).toMatchObject([{ outcome: 'succeeded', release: 'fraud', namespace: 'json' }]);
    const types = documents(ndjson.out).map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['planned', 'started', 'wave']);
    expect(types).toEqual(expect.arrayContaining(['written', 'pod', 'ready']));
    expect(documents(ndjson.out).at(-1)).toMatchObject({ type: 'result', outcome: 'succeeded' });
    const gone = await serving('uninstall', 'fraud', '-n', 'ndjson', '--yes', '-o', 'ndjson');
    expect(documents(gone.out).map(({ type }) => type)).toEqual([
      'started',
      'wave',
      'written',
      'written',
      'written',
      'written',
      'result',
    ]);
    expect(documents((await serving('list', '-A', '-o', 'ndjson')).out).length).toBeGreaterThan(0);
  });

  it('refuse an unknown release with the nearest, or with the namespace it is in', async () => {
    await apply('names');
    const near = await serving('status', 'fraudd', '-n', 'names');
    expect([near.code, near.err]).toEqual([1, expect.stringContaining('did you mean "fraud"?')]);
    await apply('elsewhere', { release: 'lonely' });
    const far = await serving('history', 'lonely', '-n', 'names');
    expect(far.err).toContain('There is one in elsewhere: give -n elsewhere.');
    const rollback = await serving('rollback', 'fraudd', '-n', 'names');
    expect([rollback.code, rollback.out]).toEqual([3, expect.stringContaining('did you mean "fraud"?')]);
  });

  it('write plans and histories as pages', async () => {
    const file = (name: string) => join(mkdtempSync(join(tmpdir(), 'page-')), name);
    const [plan, first, history, sample] = ['plan.html', 'first.html', 'history.html', 'sample.html'].map(file);
    const before = await serving('plan', manifests('pages'), '-o', 'html', '--create-namespace', '--output-file', first ?? '');
    await apply('pages');
    const [after, past, none] = await Promise.all([
      serving('plan', manifests('pages', { version: 'v2' }), '-o', 'html', '--output-file', plan ?? ''),
      serving('history', 'fraud', '-n', 'pages', '-o', 'html', '--output-file', history ?? ''),
      serving(
        'plan',
        'dist/staging/fraud-model',
        '-o',
        'html',
        '--create-namespace',
        '--ignore-missing',
        '--output-file',
        sample ?? '',
      ),
    ]);
    expect([before.code, after.code, past.code, none.code]).toEqual([2, 2, 0, 2]);
    for (const { out, err } of [before, after, past, none]) expect([out, err]).toEqual(['', '']);
    const read = (path = '') => readFileSync(path, 'utf8');
    expect(read(first)).toContain('Nothing was released before.');
    expect(read(plan)).toMatch(/<title>Plan of fraud in pages<\/title>[\s\S]*registry\.test\/fraud:v2<\/ins>/);
    // Other environments are of a stack of the project only.
    expect(read(plan)).not.toContain('>Environments</h2>');
    expect(read(sample)).toContain('>Environments</h2>');
    expect(read(history)).toContain('Revision 1 is deployed: v1.');
    const cwd = mkdtempSync(join(tmpdir(), 'unbuilt-'));
    writeFileSync(join(cwd, 'cdk8s.yaml'), 'app: node missing.js\n');
    const unbuilt = await servingIn({ cwd, env }, 'plan', manifests('pages'), '-o', 'html');
    expect([unbuilt.code, unbuilt.out]).toEqual([0, expect.stringContaining('<title>Plan of fraud in pages</title>')]);
    expect(unbuilt.err).toMatch(/^warning: the page is without the other environments\n.*Build it first/);
  });

  it('delete nothing that nobody has agreed to', async () => {
    await apply('asked');
    const asked = await serving('uninstall', 'fraud', '-n', 'asked');
    expect([asked.code, asked.err]).toEqual([1, expect.stringContaining('Pass --yes.')]);
    expect((await serving('status', 'fraud', '-n', 'asked')).out).toMatch(
      /^fraud in asked: healthy, 4 of 4 objects ready\nrevision 1 deployed \d+s ago by /,
    );
    const agreed = await serving('uninstall', 'fraud', '-n', 'asked', '--yes');
    expect([agreed.code, agreed.out]).toEqual([0, expect.stringContaining('✔ fraud: uninstalled, 4 objects deleted')]);
  });

  it('write a step summary on GitHub Actions', async () => {
    const summary = join(mkdtempSync(join(tmpdir(), 'summary-')), 'summary.md');
    const github = { ...env, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const { out } = await servingIn({ env: github }, 'apply', manifests('github'), '--create-namespace');
    expect(out).toMatch(/^::group::Plan: fraud in github: 4 to create\n[\s\S]*\n::endgroup::\n/);
    expect(out).toMatch(/\n::notice title=.*::fraud revision 1: succeeded.*\n$/);
    expect(readFileSync(summary, 'utf8')).toMatch(
      /^### ✅ fraud revision 1: succeeded[\s\S]*```diff\n\+ create ConfigMap\/fraud\n/,
    );
  });

  it('go on although nobody reads any more', async () => {
    const { execFile } = await import('node:child_process');
    const main = join(__dirname, '../../build/lib/cli/main.js');
    const target = manifests('unread');
    await new Promise<void>((resolve) => {
      execFile(
        'bash',
        ['-c', `"$0" "$1" apply "$2" --create-namespace | head -1`, process.execPath, main, target],
        { env: { ...process.env, ...env } },
        () => resolve(),
      );
    });
    // The shell has waited for both.
    expect((await serving('status', 'fraud', '-n', 'unread')).out).toMatch(/\nrevision 1 deployed \d+s ago by /);
  });
});
