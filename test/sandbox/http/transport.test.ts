import { expect, test } from 'vitest';
import { ask, CONFIGMAPS, virtual } from '../ask';

const map = (name: string) => ({ metadata: { name } });

test("a hook can answer in the server's place, before anything has happened", async () => {
  const { t, sandbox } = virtual();
  const stop = sandbox.intercept(({ phase }) => (phase === 'before' ? { status: 429, retryAfter: 2 } : undefined));
  const refused = await ask(t, 'POST', CONFIGMAPS, map('a'));
  expect([refused.status, refused.headers['retry-after'], refused.body.reason]).toEqual([429, '2', 'TooManyRequests']);
  stop();
  expect((await ask(t, 'GET', `${CONFIGMAPS}/a`)).status).toBe(404);
});

test('a connection that breaks after the request leaves its effect', async () => {
  const { t, sandbox } = virtual();
  const stop = sandbox.intercept(({ phase }) => (phase === 'after' ? 'reset' : undefined));
  await expect(ask(t, 'POST', CONFIGMAPS, map('a'))).rejects.toMatchObject({ kind: 'reset', sent: true });
  stop();
  expect((await ask(t, 'GET', `${CONFIGMAPS}/a`)).status).toBe(200);
});

test("a timeout ends with the caller's patience", async () => {
  const { t, sandbox } = virtual();
  sandbox.intercept(() => 'timeout');
  const patience = new AbortController();
  const sent = t.send({ method: 'GET', path: CONFIGMAPS, signal: patience.signal });
  patience.abort();
  await expect(sent).rejects.toMatchObject({ kind: 'timeout' });
});

test('a hook can act in between, and what it throws is what the caller gets', async () => {
  const { t, sandbox } = virtual();
  const other = sandbox.connect();
  const stop = sandbox.intercept(async ({ phase, request }) => {
    if (phase === 'before' && request.method === 'PUT')
      await ask(other, 'PATCH', `${CONFIGMAPS}/a`, { data: { b: '1' } }, 'application/merge-patch+json');
    return undefined;
  });
  const { body } = await ask(t, 'POST', CONFIGMAPS, map('a'));
  expect((await ask(t, 'PUT', `${CONFIGMAPS}/a`, body)).status).toBe(409);
  stop();
  sandbox.intercept(() => {
    throw new Error('killed');
  });
  await expect(ask(t, 'GET', CONFIGMAPS)).rejects.toThrow('killed');
});

test('a closed transport sends nothing more; another one does', async () => {
  const { t, sandbox } = virtual();
  await t.close();
  await expect(ask(t, 'GET', CONFIGMAPS)).rejects.toMatchObject({ kind: 'closed', sent: false });
  expect((await ask(sandbox.connect(), 'GET', CONFIGMAPS)).status).toBe(200);
});

test('the same requests make the same objects, byte by byte', async () => {
  const play = async () => {
    const { t, clock, sandbox } = virtual();
    await ask(t, 'POST', '/apis/apps/v1/namespaces/default/deployments', (await import('../ask')).deployment('web'));
    await clock.advance(2000);
    return JSON.stringify([
      sandbox.objects('v1', 'Pod'),
      sandbox.objects('v1', 'Event'),
      sandbox.objects('apps/v1', 'Deployment'),
    ]);
  };
  expect(await play()).toBe(await play());
});
