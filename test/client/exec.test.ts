import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecConfig } from '../../lib/client';
import { runExecPlugin } from '../../lib/client/exec';
import { answer, pluginIn } from './plugin';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'exec-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const plugin = (lines: string, more: Partial<ExecConfig> = {}): ExecConfig => pluginIn(dir, lines, more);

describe('exec plugins', () => {
  it('hand over a token or a certificate', async () => {
    expect(await runExecPlugin(plugin(answer({ token: 't', expirationTimestamp: '2026-01-01T01:00:00Z' })))).toEqual({
      token: 't',
      expires: Date.parse('2026-01-01T01:00:00Z'),
    });
    expect(await runExecPlugin(plugin(answer({ clientCertificateData: 'C', clientKeyData: 'K' })))).toEqual({
      cert: 'C',
      key: 'K',
    });
  });

  it('are told the version, that nobody can type, and the cluster when they want it; arguments and variables reach them without a shell', async () => {
    const script =
      'printf \'{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}\' "$1/$WHO"';
    expect(
      await runExecPlugin(plugin(script, { args: ['$(echo no); *'], env: { WHO: 'me' }, cluster: { server: 'https://x' } })),
    ).toEqual({ token: '$(echo no); */me' });
    expect(JSON.parse(readFileSync(join(dir, 'runs'), 'utf8').trim().split('\n').at(-1) ?? '')).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: 'https://x' } },
    });
  });

  it.each<[string, ExecConfig | (() => ExecConfig), RegExp]>([
    [
      'exit with an error',
      () => plugin('echo "token s3cr3t"; echo "login expired" >&2; exit 3'),
      /exec plugin \.\/plugin\.sh: exit code 3: login expired/,
    ],
    ['say nothing', () => plugin('exit 1'), /exit code 1, nothing on stderr/],
    [
      'are not installed',
      () => plugin('', { command: 'no-such-plugin-here', installHint: 'Get it there.' }),
      /ENOENT.*Get it there\./,
    ],
    ['print no JSON', () => plugin('echo token s3cr3t'), /its stdout \(13 characters\) is not JSON/],
    [
      'answer another version',
      () => plugin(answer({ token: 's3cr3t' }, 'client.authentication.k8s.io/v1beta1')),
      /another kind or version/,
    ],
    ['have no credentials', () => plugin(answer({})), /neither a token nor a certificate/],
    ['need a terminal', () => plugin('', { interactive: true }), /needs a terminal/],
  ])('that %s are an error, without what they printed on stdout', async (_, config, expected) => {
    const error: unknown = await runExecPlugin(typeof config === 'function' ? config() : config).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ problems: [{ code: 'AUTH_PLUGIN_FAILED' }] });
    expect(String(error)).toMatch(expected);
    expect(JSON.stringify(error) + String(error)).not.toContain('s3cr3t');
  });
});
