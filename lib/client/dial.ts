import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Connection } from './connection';
import { TransportError } from './errors';

/** A server that does not complete the handshake in this time counts as unreachable. */
const LIMIT_MS = 10_000;

/** Opens one TLS connection to the API server, through the proxy if there is one, and negotiates HTTP/2. */
export async function dial(connection: Connection, tls: { readonly cert?: string; readonly key?: string }): Promise<TLSSocket> {
  const { hostname, port } = new URL(connection.server);
  const host = hostname.replace(/^\[|\]$/g, '');
  const target = { host, port: Number(port || 443) };
  const servername = connection.serverName ?? (isIP(host) === 0 ? host : undefined);
  const options: ConnectionOptions = {
    ...target,
    ...(connection.proxy === undefined ? {} : { socket: await tunnel(new URL(connection.proxy), target, connection.server) }),
    ...(connection.ca === undefined ? {} : { ca: connection.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert, key: tls.key }),
    ...(servername === undefined ? {} : { servername }),
    rejectUnauthorized: connection.insecure !== true,
    ALPNProtocols: ['h2', 'http/1.1'],
  };
  let socket: TLSSocket;
  try {
    socket = connectTls(options);
  } catch (error) {
    // A certificate or key that is not PEM is rejected before anything is sent.
    throw new TransportError('tls', error instanceof Error ? error.message : String(error), connection.server, false);
  }
  await opened(socket, 'secureConnect', connection.server);
  return socket.setNoDelay(true).setKeepAlive(true, 30_000);
}

/** A raw connection through an HTTP proxy. */
async function tunnel(proxy: URL, target: { readonly host: string; readonly port: number }, server: string): Promise<Socket> {
  const socket = connectTcp({ host: proxy.hostname, port: Number(proxy.port || 80) });
  const via = `${server} through the proxy ${proxy.host}`;
  await opened(socket, 'connect', via);
  const address = `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
  const login = Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64');
  const authorization = proxy.username === '' ? '' : `Proxy-Authorization: Basic ${login}\r\n`;
  socket.write(`CONNECT ${address} HTTP/1.1\r\nHost: ${address}\r\n${authorization}\r\n`);
  // The proxy sends nothing after its header until it receives data, so the chunk with the blank line is the last one.
  const head = await new Promise<string>((resolve) => {
    let text = '';
    socket.setTimeout(LIMIT_MS, () => resolve(''));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n\r\n')) resolve(text);
    });
    socket.on('close', () => resolve(text));
  });
  socket.removeAllListeners('data').removeAllListeners('close').setTimeout(0).pause();
  if (/^HTTP\/1\.[01] 200/.test(head)) return socket;
  socket.destroy();
  throw new TransportError('refused', head.split('\r\n')[0] || 'the proxy did not answer', via, false);
}

async function opened(socket: Socket, event: 'connect' | 'secureConnect', subject: string): Promise<void> {
  const failure = await new Promise<TransportError | undefined>((resolve) => {
    let reached = false;
    socket.once('connect', () => {
      reached = true;
    });
    socket.once(event, () => resolve(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const kind = !reached ? 'refused' : error.code === 'ECONNRESET' ? 'reset' : 'tls';
      resolve(new TransportError(kind, error.message || String(error.code), subject, false));
    });
    socket.setTimeout(LIMIT_MS, () =>
      resolve(new TransportError('refused', `no handshake within ${LIMIT_MS / 1000} s`, subject, false)),
    );
  });
  socket.setTimeout(0);
  if (failure === undefined) return;
  socket.on('error', () => {}).destroy();
  throw failure;
}
