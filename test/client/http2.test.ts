import { constants } from 'node:http2';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Clock, systemClock, type Transport, TransportError } from '../../lib/client';
import { http2Transport } from '../../lib/client/http2';
import { cutOff, type FaultServer, faultServer, frameServer, halfAnswer, ok, rstStream, silent } from './fault-server';

let server: FaultServer;
let transport: Transport;
beforeAll(async () => {
  server = await faultServer();
});
beforeEach(async () => {
  await transport?.close();
  transport = server.transport();
  server.seen.length = 0;
});
afterAll(async () => {
  await transport.close();
  await server.close();
});

const read = async (signal?: AbortSignal): Promise<string> => {
  const { body } = await transport.send({ method: 'GET', path: '/x', ...(signal === undefined ? {} : { signal }) });
  let text = '';
  for await (const chunk of body) text += Buffer.from(chunk).toString('utf8');
  return text;
};
const failure = async (work: Promise<unknown>): Promise<{ kind: string; sent: boolean }> => {
  const error = await work.then(
    (value) => new Error(`answered ${value}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof TransportError)) throw error;
  return { kind: error.kind, sent: error.sent };
};

it('sends many requests over one session', async () => {
  server.script(ok('answer'));
  const before = server.sessions();
  expect(await Promise.all(Array.from({ length: 300 }, () => read()))).toEqual(Array(300).fill('"answer"'));
  expect(server.sessions() - before).toBe(1);
});

it('puts the path of the server before that of the request, and passes method, headers and body', async () => {
  server.script(ok(''));
  const port = Number(new URL(server.url).port);
  const behind = http2Transport(`${server.url}/k8s/cluster-1/`, async () => connect(port, '127.0.0.1'), systemClock);
  await behind.send({ method: 'PATCH', path: '/api/v1?x=1', headers: { 'content-type': 'text/x' }, body: 'ä' });
  expect(server.seen).toMatchObject([
    { method: 'PATCH', path: '/k8s/cluster-1/api/v1?x=1', headers: { 'content-type': 'text/x' }, body: 'ä' },
  ]);
  await behind.close();
});

it('never takes half an answer for a whole one: the connection is cut', async () => {
  server.script(cutOff, ok('next'));
  expect(await failure(read())).toEqual({ kind: 'reset', sent: true });
  expect(await read()).toBe('"next"');
});

it.each([
  ['CANCEL', constants.NGHTTP2_CANCEL],
  ['INTERNAL_ERROR', constants.NGHTTP2_INTERNAL_ERROR],
])('never takes half an answer for a whole one: the stream is reset with %s', async (_, code) => {
  const raw = await frameServer(halfAnswer, rstStream(code));
  transport = http2Transport(`http://127.0.0.1:${raw.port}`, async () => connect(raw.port, '127.0.0.1'), systemClock);
  expect(await failure(read())).toEqual({ kind: 'reset', sent: true });
  await transport.close();
  raw.close();
});

it('says that a refused stream was not carried out', async () => {
  server.script((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM));
  expect(await failure(read())).toEqual({ kind: 'reset', sent: false });
});

it('finishes what is under way after GOAWAY, and opens another session for the rest', async () => {
  const before = server.sessions();
  server.script((stream) => {
    stream.session?.goaway(constants.NGHTTP2_NO_ERROR, stream.id);
    setTimeout(() => ok('slow')(stream, { method: '', path: '', headers: {}, body: '' }, () => {}), 30);
  }, ok('other'));
  const slow = read();
  await expect.poll(() => server.seen.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await read()).toBe('"other"');
  expect(await slow).toBe('"slow"');
  expect(server.sessions() - before).toBe(2);
});

it('opens another session after a GOAWAY that is an error', async () => {
  server.script((stream) => stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM), ok('again'));
  expect(await failure(read())).toMatchObject({ kind: 'reset' });
  expect(await read()).toBe('"again"');
});

it('ends one request by its signal, before and in the middle of the answer, and no other', async () => {
  server.script(silent, ok('other'), (stream) => {
    stream.respond({ ':status': 200 });
    stream.write('begun');
  });
  const before = server.sessions();
  const stop = new AbortController();
  const waiting = failure(read(stop.signal));
  await expect.poll(() => server.seen.length).toBe(1);
  const other = read();
  stop.abort();
  expect(await waiting).toEqual({ kind: 'aborted', sent: true });
  expect(await other).toBe('"other"');
  const stopLater = new AbortController();
  const { body } = await transport.send({ method: 'GET', path: '/stream', signal: stopLater.signal });
  const received: string[] = [];
  const streamed = (async () => {
    for await (const chunk of body) {
      received.push(Buffer.from(chunk).toString());
      stopLater.abort();
    }
  })();
  expect(await failure(streamed)).toMatchObject({ kind: 'aborted' });
  expect(received).toEqual(['begun']);
  expect(await failure(read(stop.signal))).toEqual({ kind: 'aborted', sent: false });
  expect(server.sessions() - before).toBe(1);
});

it('rejects what is under way, and what comes after, when it is closed', async () => {
  server.script(silent);
  const waiting = failure(read());
  await expect.poll(() => server.seen.length).toBe(1);
  await transport.close();
  expect(await waiting).toEqual({ kind: 'closed', sent: true });
  expect(await failure(read())).toEqual({ kind: 'closed', sent: false });
});

it('gives up a connection that does not answer pings', async () => {
  const clock: Clock = { ...systemClock, now: () => 0, sleep: (_, signal) => systemClock.sleep(5, signal) };
  const { createServer } = await import('node:net');
  const mute = createServer(() => {});
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const address = mute.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const dead = http2Transport(`http://127.0.0.1:${port}`, async () => connect(port, '127.0.0.1'), clock);
  expect(await failure(dead.send({ method: 'GET', path: '/' }))).toMatchObject({ kind: 'reset' });
  await dead.close();
  mute.close();
});

it('takes whatever a connection brings for a sign of life', async () => {
  const { createServer } = await import('node:net');
  // Never answers a ping; sends an empty SETTINGS frame every few milliseconds.
  const talker = createServer((socket) => {
    const timer = setInterval(() => socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])), 3);
    socket.on('error', () => {}).on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => talker.listen(0, '127.0.0.1', resolve));
  const address = talker.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const clock: Clock = { ...systemClock, now: () => 0, sleep: (_, signal) => systemClock.sleep(30, signal) };
  const alive = http2Transport(`http://127.0.0.1:${port}`, async () => connect(port, '127.0.0.1'), clock);
  const sent = failure(alive.send({ method: 'GET', path: '/' }));
  expect(await Promise.race([sent, systemClock.sleep(300).then(() => 'under way')])).toBe('under way');
  await alive.close();
  await sent;
  talker.close();
});

it('does not ask a connection that is just being closed whether it lives', async () => {
  let wake = () => {};
  const clock: Clock = { ...systemClock, now: () => 0, sleep: () => new Promise((resolve) => (wake = resolve)) };
  const rejections: unknown[] = [];
  const note = (reason: unknown) => rejections.push(reason);
  process.on('unhandledRejection', note);
  server.script(ok('answer'));
  const port = Number(new URL(server.url).port);
  const closing = http2Transport(server.url, async () => connect(port, '127.0.0.1'), clock);
  await closing.send({ method: 'GET', path: '/x' });
  const closed = closing.close();
  wake();
  await closed;
  await systemClock.sleep(20);
  process.off('unhandledRejection', note);
  expect(rejections).toEqual([]);
});
