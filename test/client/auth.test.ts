import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock, ExecConfig, Transport, TransportRequest } from '../../lib/client';
import { authenticated, authenticator } from '../../lib/client/auth';
import { answer, pluginIn } from './plugin';

let dir: string;
let now = 0;
const clock: Clock = { now: () => now, sleep: async () => {}, after: () => () => {} };
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'auth-'));
});
beforeEach(() => {
  now = Date.parse('2026-01-01T00:00:00Z');
  rmSync(join(dir, 'runs'), { force: true });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const plugin = (lines: string): ExecConfig => pluginIn(dir, lines);
const runs = () => readFileSync(join(dir, 'runs'), 'utf8').trim().split('\n');

describe('credentials', () => {
  it('come as header or certificate', async () => {
    expect(await authenticator({ token: 't', impersonate: 'x' }, clock).credentials()).toEqual({
      headers: { authorization: 'Bearer t', 'impersonate-user': 'x' },
    });
    const basic = `Basic ${Buffer.from('u:p').toString('base64')}`;
    expect(await authenticator({ basic: { username: 'u', password: 'p' } }, clock).credentials()).toEqual({
      headers: { authorization: basic },
    });
    expect(await authenticator({ cert: 'C', key: 'K' }, clock).credentials()).toEqual({ cert: 'C', key: 'K', headers: {} });
  });

  it('follow a token file that is rewritten', async () => {
    const tokenFile = join(dir, 'token');
    const token = async (fresh?: boolean) => (await auth.credentials(fresh)).headers.authorization;
    writeFileSync(tokenFile, 'one\n');
    const auth = authenticator({ tokenFile, token: 'stale' }, clock);
    expect(await token()).toBe('Bearer one');
    writeFileSync(tokenFile, 'two');
    expect(await token()).toBe('Bearer one');
    expect(await token(true)).toBe('Bearer two');
    writeFileSync(tokenFile, 'three');
    now += 10_000;
    expect(await token()).toBe('Bearer three');
  });

  it('say which token file cannot be read', async () => {
    const auth = authenticator({ tokenFile: join(dir, 'no-token') }, clock);
    await expect(auth.credentials()).rejects.toMatchObject({
      problems: [{ code: 'KUBECONFIG_INVALID', subject: join(dir, 'no-token') }],
    });
  });

  it('run a plugin once for many requests, and again shortly before its answer expires', async () => {
    const auth = authenticator({ exec: plugin(answer({ token: 't', expirationTimestamp: '2026-01-01T01:00:00Z' })) }, clock);
    const all = await Promise.all(Array.from({ length: 20 }, () => auth.credentials()));
    expect(new Set(all.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer t']));
    expect(runs()).toHaveLength(1);
    now = Date.parse('2026-01-01T00:59:40Z');
    await auth.credentials();
    expect(runs()).toHaveLength(1);
    now = Date.parse('2026-01-01T00:59:51Z');
    await Promise.all([auth.credentials(), auth.credentials()]);
    expect(runs()).toHaveLength(2);
  });

  it('do not remember a plugin that failed', async () => {
    const auth = authenticator({ exec: plugin('exit 1') }, clock);
    await expect(auth.credentials()).rejects.toThrow('exit code 1');
    plugin(answer({ token: 't' }));
    expect((await auth.credentials()).headers.authorization).toBe('Bearer t');
  });
});

describe('a request that is answered with 401', () => {
  const server = (
    accepts: (headers: Readonly<Record<string, string>>) => boolean,
  ): Transport & { readonly asked: TransportRequest[] } => {
    const asked: TransportRequest[] = [];
    return {
      asked,
      send: async (request) => {
        asked.push(request);
        return { status: accepts(request.headers ?? {}) ? 200 : 401, headers: {}, body: (async function* () {})() };
      },
      close: async () => {},
    };
  };
  const counter = `n=$(wc -l < '$RUNS'); printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}' $n`;

  it('is sent again once with fresh credentials, and the plugin runs once for all of them', async () => {
    const exec = plugin(counter.replace('$RUNS', join(dir, 'runs')));
    const transport = server(({ authorization }) => authorization === 'Bearer 2');
    const sender = authenticated(authenticator({ exec }, clock), () => transport);
    const answers = await Promise.all(Array.from({ length: 10 }, () => sender.send({ method: 'GET', path: '/' })));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(runs()).toHaveLength(2);
    expect(transport.asked).toHaveLength(20);
  });

  it('does not renew again for an answer to a request from before the renewal', async () => {
    const exec = plugin(counter.replace('$RUNS', join(dir, 'runs')));
    let answerLate = () => {};
    const late = new Promise<void>((resolve) => {
      answerLate = resolve;
    });
    const inner = server(({ authorization }) => authorization === 'Bearer 2');
    const transport: Transport = {
      ...inner,
      send: async (request) => {
        if (request.path === '/late' && request.headers?.authorization === 'Bearer 1') await late;
        return inner.send(request);
      },
    };
    const sender = authenticated(authenticator({ exec }, clock), () => transport);
    const slow = sender.send({ method: 'GET', path: '/late' });
    expect((await sender.send({ method: 'GET', path: '/' })).status).toBe(200);
    answerLate();
    expect((await slow).status).toBe(200);
    expect(runs()).toHaveLength(2);
  });

  it('stays refused when that does not help, or when there is nothing fresh', async () => {
    const never = server(() => false);
    const exec = plugin(answer({ token: 't' }));
    const sender = authenticated(authenticator({ exec }, clock), () => never);
    expect((await sender.send({ method: 'GET', path: '/' })).status).toBe(401);
    expect(never.asked).toHaveLength(2);
    const fixed = server(() => false);
    expect(
      (await authenticated(authenticator({ token: 't' }, clock), () => fixed).send({ method: 'GET', path: '/' })).status,
    ).toBe(401);
    expect(fixed.asked).toHaveLength(1);
  });

  it('opens another TLS connection when the certificate has changed', async () => {
    const script = counter
      .replace('$RUNS', join(dir, 'runs'))
      .replace('"token":"%s"', '"clientCertificateData":"C%s","clientKeyData":"K"');
    const opened: unknown[] = [];
    const sender = authenticated(authenticator({ exec: plugin(script) }, clock), (tls) => {
      opened.push(tls.cert);
      return server(() => tls.cert === 'C2');
    });
    expect((await sender.send({ method: 'GET', path: '/' })).status).toBe(200);
    expect((await sender.send({ method: 'GET', path: '/' })).status).toBe(200);
    expect(opened).toEqual(['C1', 'C2']);
  });
});
