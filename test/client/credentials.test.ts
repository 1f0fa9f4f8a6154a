import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../lib/client';
import { authenticator } from '../../lib/client/auth';
import type { AuthConfig } from '../../lib/client/connection';
import { runExecPlugin } from '../../lib/client/exec';
import { networkTransport } from '../../lib/client/network';

const over = (server: string, auth: AuthConfig) => () =>
  networkTransport({ server, namespace: 'n', context: 'c', auth }, systemClock);
const plugin = (script: string) => {
  const command = join(mkdtempSync(join(tmpdir(), 'serving-plugin-')), 'plugin');
  writeFileSync(command, `#!/bin/sh\n${script}\n`);
  chmodSync(command, 0o755);
  return { apiVersion: 'client.authentication.k8s.io/v1', command, args: [], env: {}, dir: '/', interactive: false };
};

it.each([
  ['a token', { token: 'hunter2' }],
  ['a token file', { tokenFile: '/x' }],
  ['a password', { basic: { username: 'a', password: 'hunter2' } }],
  ['a plugin', { exec: plugin('') }],
])('sends %s to no server over plain http', (_title, auth) => {
  expect(over('http://127.0.0.1:1', auth)).toThrow(/plain http.*AUTH_UNSUPPORTED/);
  expect(over('http://127.0.0.1:1', auth)).not.toThrow('hunter2');
  expect(over('http://127.0.0.1:1', {})).not.toThrow();
});

it.each(['hunter2\nx-admin: yes', 'hunter2\r', '', 'hunter 2', 'hünter2'])(
  'takes %j for no token, and does not quote it',
  async (token) => {
    const asked = (async () => authenticator({ token }, systemClock).credentials())();
    const message = await asked.then(
      () => 'accepted',
      (error: Error) => error.message,
    );
    expect(message).toContain('KUBECONFIG_INVALID');
    expect(message).not.toContain('nter');
  },
);

it('fails at once when a plugin is missing', async () => {
  const began = performance.now();
  await expect(runExecPlugin({ ...plugin(''), command: 'no-such-plugin-anywhere' })).rejects.toThrow('AUTH_PLUGIN_FAILED');
  expect(performance.now() - began).toBeLessThan(5_000);
});

it('ends a plugin that does not stop printing', async () => {
  await expect(runExecPlugin(plugin('yes'))).rejects.toThrow(/more than 1 MiB.*AUTH_PLUGIN_FAILED/);
});
