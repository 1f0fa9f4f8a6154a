import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { connect, loadConnection } from '../../lib/client';
import { ROOT } from '../harness/project';
import { serving, startServing } from './run-serving';

const FOLDER = 'dist/staging/fraud-model';

describe.concurrent('serving rehearse', { timeout: 30_000 }, () => {
  it.each([
    [
      'fraud-model',
      'fraud-model',
      'it is rolled back',
      'rolled-back',
      /failed: Deployment\/fraud-model: ImageNotFound: Image .*:v2.2.0-rc4-typo/,
    ],
    [
      'ml-serving-stack',
      'team-fraud-stack',
      'its candidate is given up, nothing is changed',
      'rejected',
      /the candidate does not start: ImageNotFound/,
    ],
  ])('plays a whole story of %s', async (folder, release, end, state, why) => {
    const { code, out, err } = await serving('rehearse', `dist/staging/${folder}`);
    expect([code, err]).toEqual([0, '']);
    expect([...out.matchAll(/^== (.*)$/gm)].map(([, title]) => title)).toEqual([
      `Install ${release} v2.2.0-rc1`,
      'Upgrade to v2.2.0-rc2: the gate measures the new model and lets it pass',
      'Upgrade to v2.2.0-rc3, whose model is worse: the gate rejects it, nothing is changed',
      `Upgrade to v2.2.0-rc4, whose image does not exist: ${end}`,
      'Roll back to v2.2.0-rc1',
      'What the record says',
    ]);
    expect(out).toContain('gate auc 0.944 (≥ 0.92) p99 120 ms (≤ 150)\n');
    expect(out).toContain(`✖ ${release} revision 3 (upgrade to v2.2.0-rc3) was rejected by a gate, nothing was changed`);
    expect(out).toMatch(why);
    const record = out.slice(out.indexOf('== What the record says'));
    expect([...record.matchAll(/^\d +\d+s ago +([\w-]+) +(\S+)/gm)].map(([, ended, version]) => `${ended} ${version}`)).toEqual([
      'superseded v2.2.0-rc1',
      'superseded v2.2.0-rc2',
      'rejected v2.2.0-rc3',
      `${state} v2.2.0-rc4`,
      'deployed v2.2.0-rc1',
    ]);
    expect(record).toContain('rollback to 1');
  });

  it.each([
    [
      'gate',
      '✖ fraud-model revision 2 (upgrade to v2.2.0-rc2) was rejected by a gate, nothing was changed',
      /gate failed auc 0\.828 \(≥ 0\.92\)/,
    ],
    ['image', '✖ fraud-model revision 2 (upgrade to v2.2.0-rc2) was rolled back', /ImageNotFound/],
    ['crash', '✖ fraud-model revision 2 (upgrade to v2.2.0-rc2) was rolled back', /CrashLoop: .*exit code 1/],
    ['unready', '✖ fraud-model revision 2 (upgrade to v2.2.0-rc2) was rolled back', /ROLLOUT_TIMEOUT/],
    ['quota', 'fraud-model: refused, nothing was changed', /ResourceQuota\/rehearsal: pods: .*QUOTA_EXCEEDED/],
  ])('--fail %s installs, and shows this failure', async (kind, ending, why) => {
    const { code, out, err } = await serving('rehearse', FOLDER, '--fail', kind);
    expect([code, err]).toEqual([0, '']);
    expect([...out.matchAll(/^== (.*)$/gm)]).toHaveLength(3);
    expect(out).toContain(`${ending}\n`);
    expect(out).toMatch(why);
    expect(out).toMatch(/What the record says\nREVISION .*\n1 +\d+s ago +deployed +v2\.2\.0-rc1/);
  });

  it.each([
    [[FOLDER, '--fail', 'fire'], /Allowed choices are gate, image, crash, unready, quota/],
    [['dist/nothing'], /MANIFESTS_MISSING/],
    [['dist/staging/my-model', '--fail', 'gate'], /the manifests have no gate that could fail.*USAGE/],
    [['environments'], /there is no Deployment|MANIFEST/],
  ])('refuses %j without a stack trace', async (args, message) => {
    const { code, err } = await serving('rehearse', ...args);
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('exits with the code of the release when the rehearsal ends as it should not', async () => {
    const { code, out } = await serving('rehearse', 'test/cli/refused.yaml');
    expect(out).toContain('refused, nothing was changed');
    expect(code).toBe(3);
  });
});

describe('serving sandbox', { timeout: 30_000 }, () => {
  it.each(['SIGINT', 'SIGHUP'] as const)(
    'serves a cluster until it is stopped by %s, with a kubeconfig for it',
    async (signal) => {
      const dir = mkdtempSync(join(tmpdir(), 'sandbox-'));
      const kubeconfig = join(dir, 'kubeconfig');
      const child = startServing('sandbox', '--write-kubeconfig', kubeconfig);
      try {
        const [said] = child.stdout === null ? [] : await once(child.stdout, 'data');
        expect(String(said)).toMatch(/listens on https:\/\/127\.0\.0\.1:\d+/);
        expect(String(said)).toContain(`export KUBECONFIG=${kubeconfig}`);
        expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
        const api = await connect({ connection: loadConnection({ kubeconfig }) });
        const { items } = await api.list({ apiVersion: 'v1', kind: 'Namespace' });
        expect(items.map(({ metadata }) => metadata.name)).toContain('default');
        await api.close();
        const ended = once(child, 'exit');
        process.kill(child.pid ?? 0, signal);
        expect(await ended).toEqual([0, null]);
        expect(existsSync(kubeconfig)).toBe(false);
      } finally {
        child.kill('SIGKILL');
        rmSync(dir, { recursive: true });
      }
    },
  );

  it('takes the release that it proposes, and fails the versions that it is told to', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const kubeconfig = join(dir, 'kubeconfig');
    const child = startServing('sandbox', '--write-kubeconfig', kubeconfig, '--fail', 'v2.2.0-rc2=gate', 'v2.2.0-rc3=image');
    try {
      const [said] = child.stdout === null ? [] : await once(child.stdout, 'data');
      const [, proposed = ''] = /serving (apply .*)/.exec(String(said)) ?? [];
      const apply = (folder: string) => serving(...proposed.replace(FOLDER, folder).split(' '), '--kubeconfig', kubeconfig);
      expect((await apply(FOLDER)).code).toBe(0);
      for (const [version, code] of [
        ['v2.2.0-rc2', 4],
        ['v2.2.0-rc3', 5],
      ] as const) {
        const out = join(dir, version);
        await serving('synth', '--env', 'staging', '--stack', 'fraud-model', '--set', `model.version=${version}`, '--out', out);
        expect([version, (await apply(join(out, 'staging/fraud-model'))).code]).toEqual([version, code]);
      }
    } finally {
      child.kill('SIGKILL');
      rmSync(dir, { recursive: true });
    }
  });

  it('leaves a file alone that it did not make, and replaces what a killed run left behind', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const foreign = join(dir, 'foreign');
    writeFileSync(foreign, 'apiVersion: v1\nkind: Config\n');
    symlinkSync(foreign, join(dir, 'link'));
    symlinkSync(join(dir, 'nowhere'), join(dir, 'dangling'));
    for (const file of ['foreign', 'link', 'dangling']) {
      const { code, err } = await serving('sandbox', '--write-kubeconfig', join(dir, file));
      expect([code, err]).toEqual([1, expect.stringContaining('[FILE_EXISTS]')]);
    }
    expect(readFileSync(foreign, 'utf8')).toBe('apiVersion: v1\nkind: Config\n');
    expect(readdirSync(dir).sort()).toEqual(['dangling', 'foreign', 'link']);
    const own = join(dir, 'own');
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const child = startServing('sandbox', '--write-kubeconfig', own);
      if (child.stdout !== null) await once(child.stdout, 'data');
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
      expect(existsSync(own)).toBe(signal === 'SIGKILL');
    }
    rmSync(dir, { recursive: true });
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('ends when the npx that started it gets %s', async (signal) => {
    const dir = mkdtempSync(join(tmpdir(), 'sandbox-'));
    mkdirSync(join(dir, 'node_modules/.bin'), { recursive: true });
    writeFileSync(join(dir, 'package.json'), '{}');
    const bin = `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'build/lib/cli/main.js')}" "$@"\n`;
    writeFileSync(join(dir, 'node_modules/.bin/serving'), bin, { mode: 0o755 });
    const npx = spawn('npx', ['serving', 'sandbox'], { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(npx.stdout, 'data');
    expect(existsSync(join(dir, 'sandbox.kubeconfig'))).toBe(true);
    npx.kill(signal);
    // The pipe ends with the last process that can write to it.
    await Promise.race([once(npx.stdout, 'close'), once(npx, 'close')]);
    expect(existsSync(join(dir, 'sandbox.kubeconfig'))).toBe(false);
    rmSync(dir, { recursive: true });
  });

  it.each(['v2', 'v2=fire', '=gate'])('refuses %s as a failure', async (text) => {
    const { code, err } = await serving('sandbox', '--fail', text);
    expect([code, err]).toEqual([1, expect.stringContaining('such as v1.1.0-rc3=gate')]);
  });

  it('refuses what is not a port', async () => {
    const { code, err } = await serving('sandbox', '--port', 'high');
    expect([code, err]).toEqual([1, expect.stringContaining('expected a port number')]);
  });
});

describe('the sandbox', { timeout: 30_000 }, () => {
  it('is loaded by nothing that works on a real cluster', async () => {
    const script = `process.argv = ['node', 'serving', 'list', '--kubeconfig', '/nowhere'];
      process.on('exit', () => console.log(JSON.stringify(Object.keys(require.cache))));
      require('${ROOT}/build/lib/cli/main.js')`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]).catch((error: { stdout: string }) => error);
    const loaded: readonly string[] = JSON.parse(stdout.trim());
    expect(loaded.filter((file) => file.endsWith('release/index.js'))).toHaveLength(1);
    expect(loaded.filter((file) => /lib\/(sandbox|testing|artifact|canary)\/|cdk8s\/lib|constructs\/lib/.test(file))).toEqual([]);
    for (const file of loaded.filter((name) => name.includes('build/lib')))
      expect([file, readFileSync(file, 'utf8').includes('createSandbox')]).toEqual([file, false]);
  });
});

describe('npm start', () => {
  it('renders, and rehearses on what it has rendered', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    expect(scripts.start).toBe(
      `npm run -s build && node build/lib/cli/main.js synth && node build/lib/cli/main.js rehearse ${FOLDER}`,
    );
  });
});
