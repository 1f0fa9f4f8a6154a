import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect as connectTcp } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type Connection, connect, networkTransport, systemClock, TransportError } from '../../lib/client';
import { selfSigned } from './certificate';

const { cert, key } = selfSigned();
const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const work of cleanup.splice(0).reverse()) await work();
});

/** Listens on a free port; counts connections, closes them at the end of the test. */
const listening = async (
  server: Server | ReturnType<typeof createSecureServer>,
): Promise<{ port: number; connections: () => number }> => {
  const sockets = new Set<{ destroy(): void }>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
};
const echo: RequestListener = (request, response) => {
  const answer = { gitVersion: `${request.httpVersion} ${request.url} ${request.headers.authorization ?? '-'}` };
  response.end(JSON.stringify(answer));
};
const to = (server: string, more: Partial<Connection> = {}): Connection => ({
  server,
  namespace: 'default',
  context: 'test',
  ca: cert,
  auth: {},
  ...more,
});
const version = async (connection: Connection): Promise<string> => {
  const api = await connect({ connection });
  cleanup.push(() => api.close());
  return api.serverVersion();
};
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => value,
    (error: unknown) => error,
  );

const secure = () => {
  const server = createSecureServer({ cert, key, allowHTTP1: true });
  server.on('request', (request, response) => {
    response.end(JSON.stringify({ gitVersion: `${request.httpVersion} ${request.url}` }));
  });
  return listening(server);
};

it('speaks HTTP/2 with a server that offers it', async () => {
  const { port } = await secure();
  expect(await version(to(`https://127.0.0.1:${port}`))).toBe('2.0 /version');
});

it('speaks HTTP/1.1 with one that does not, over connections that are kept', async () => {
  const { port, connections } = await listening(createTlsServer({ cert, key }, echo));
  const api = await connect({ connection: to(`https://127.0.0.1:${port}/base/`, { auth: { token: 't' } }) });
  cleanup.push(() => api.close());
  for (let i = 0; i < 5; i++) expect(await api.serverVersion()).toBe('1.1 /base/version Bearer t');
  expect(connections()).toBe(1);
});

it('speaks plain HTTP with kubectl proxy', async () => {
  const { port, connections } = await listening(createPlainServer(echo));
  const api = await connect({ connection: to(`http://127.0.0.1:${port}`) });
  cleanup.push(() => api.close());
  for (let i = 0; i < 5; i++) expect(await api.serverVersion()).toBe('1.1 /version -');
  expect(connections()).toBe(1);
});

it('never takes half an answer over HTTP/1.1 for a whole one', async () => {
  let count = 0;
  const { port } = await listening(
    createPlainServer((_, response) => {
      if (count++ > 0) return response.end('{"gitVersion":"whole"}');
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"gitVersion"');
      return setTimeout(() => response.socket?.destroy(), 5);
    }),
  );
  const transport = networkTransport(to(`http://127.0.0.1:${port}`), systemClock);
  cleanup.push(() => transport.close());
  const { body } = await transport.send({ method: 'GET', path: '/' });
  const error = await failure(
    (async () => {
      for await (const _ of body);
    })(),
  );
  expect(error).toMatchObject({ kind: 'reset', sent: true });
  expect(await version(to(`http://127.0.0.1:${port}`))).toBe('whole');
});

it('ends an HTTP/1.1 request by its signal', async () => {
  const { port } = await listening(createPlainServer(() => {}));
  const transport = networkTransport(to(`http://127.0.0.1:${port}`), systemClock);
  const stop = new AbortController();
  const waiting = failure(transport.send({ method: 'GET', path: '/', signal: stop.signal }));
  setTimeout(() => stop.abort(), 10);
  expect(await waiting).toMatchObject({ kind: 'aborted' });
  await transport.close();
  expect(await failure(transport.send({ method: 'GET', path: '/' }))).toMatchObject({ kind: 'closed', sent: false });
});

it('trusts nobody whom the kubeconfig does not', async () => {
  const { port } = await secure();
  const other = selfSigned();
  const stranger = await failure(version(to(`https://127.0.0.1:${port}`, { ca: other.cert })));
  expect(stranger).toBeInstanceOf(TransportError);
  expect(stranger).toMatchObject({ kind: 'tls', sent: false });
  expect(await failure(version(to(`https://127.0.0.1:${port}`, { serverName: 'elsewhere' })))).toMatchObject({ kind: 'tls' });
  expect(await version(to(`https://127.0.0.1:${port}`, { serverName: 'localhost' }))).toBe('2.0 /version');
  expect(await version(to(`https://127.0.0.1:${port}`, { ca: other.cert, insecure: true }))).toBe('2.0 /version');
  expect(await failure(version(to(`https://127.0.0.1:${port}`, { auth: { cert: 'no', key: 'pem' } })))).toMatchObject({
    kind: 'tls',
  });
});

it('says in one line that nobody is there', async () => {
  const { port } = await listening(createPlainServer());
  await cleanup.pop()?.();
  for (const server of [`https://127.0.0.1:${port}`, `http://127.0.0.1:${port}`]) {
    const error = await failure(version(to(server)));
    expect(error).toMatchObject({ kind: 'refused', sent: false });
    expect(String(error)).toMatch(
      /^TransportError: ask for the version: the API server could not be reached: connect ECONNREFUSED [^\n]*$/,
    );
  }
});

it('tries again after a connection that could not be opened, and leaves none behind when it is closed meanwhile', async () => {
  const { port } = await listening(createPlainServer());
  await cleanup.pop()?.();
  const transport = networkTransport(to(`https://127.0.0.1:${port}`), systemClock);
  expect(await failure(transport.send({ method: 'GET', path: '/version' }))).toMatchObject({ kind: 'refused' });
  const server = createSecureServer({ cert, key });
  server.on('request', (_, response) => response.end('{}'));
  const ended = new Promise((resolve) => server.on('session', (session) => session.on('close', resolve)));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect(await transport.send({ method: 'GET', path: '/version' })).toMatchObject({ status: 200 });
  await transport.close();
  await ended;
  for (const moment of ['at once', 'after its credentials', 'while dialling']) {
    const early = networkTransport(to(`https://127.0.0.1:${port}`), systemClock);
    const waiting = failure(early.send({ method: 'GET', path: '/' }));
    if (moment === 'after its credentials') await Promise.resolve();
    if (moment === 'while dialling') await new Promise((resolve) => setImmediate(resolve));
    await early.close();
    expect(await waiting).toMatchObject({ kind: 'closed', sent: false });
  }
  await new Promise((resolve) => server.close(resolve));
});

it('goes through a proxy with CONNECT, and says when the proxy refuses', async () => {
  const { port } = await secure();
  const asked: string[] = [];
  const proxy = createPlainServer();
  proxy.on('connect', (request, client) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
    if (asked.length > 1) return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const upstream = connectTcp(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => {});
    return client.on('error', () => {});
  });
  const { port: proxyPort } = await listening(proxy);
  const through = to(`https://127.0.0.1:${port}`, { proxy: `http://me:p%40ss@127.0.0.1:${proxyPort}` });
  expect(await version(through)).toBe('2.0 /version');
  expect(asked).toEqual([`127.0.0.1:${port} Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
  const error = await failure(version(through));
  expect(error).toMatchObject({ kind: 'refused' });
  expect(String(error)).toContain('407 Proxy Authentication Required');
});
