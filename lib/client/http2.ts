import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { onAbort } from './abort';
import type { Clock } from './clock';
import { TransportError } from './errors';
import type { Transport, TransportRequest } from './transport';

const { NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM } = constants;

/**
 * A connection silent for this long is pinged, and closed when it does not respond in time. Node.js does not always notice a
 * reset: a reset during a write leaves the session waiting forever.
 */
const SILENCE_MS = 2_000;
const PONG_MS = 3_000;
/** An unread watch must not block the other streams of the session. */
const STREAM_WINDOW = 1 << 20;
const SESSION_WINDOW = 1 << 28;

/**
 * All requests over one HTTP/2 session, opened at the first one. After GOAWAY or a lost connection the next request opens a new
 * session; requests in progress end on the old one.
 * @param open opens the connection: a TLS socket that negotiated `h2`
 */
export function http2Transport(server: string, open: () => Promise<Socket>, clock: Clock): Transport {
  const { origin, pathname } = new URL(server);
  const prefix = pathname.replace(/\/$/, '');
  const sessions = new Set<ClientHttp2Session>();
  let current: Promise<ClientHttp2Session> | undefined;
  let closed = false;

  const start = async (): Promise<ClientHttp2Session> => {
    const socket = await open();
    const settings = { enablePush: false, initialWindowSize: STREAM_WINDOW };
    const session = connect(origin, { createConnection: () => socket, settings });
    sessions.add(session);
    const ended = new AbortController();
    session.on('error', () => {}); // each of its streams fails by itself
    session.on('close', () => {
      sessions.delete(session);
      ended.abort();
    });
    session.once('connect', () => session.setLocalWindowSize(SESSION_WINDOW));
    if (closed) session.destroy();
    else void keepAlive(session, socket, clock, ended.signal);
    return session;
  };
  const session = async (): Promise<ClientHttp2Session> => {
    for (;;) {
      current ??= start();
      const waiting = current;
      try {
        const live = await waiting;
        if (!live.closed && !live.destroyed) return live;
      } catch (error) {
        if (current === waiting) current = undefined;
        throw error;
      }
      if (current === waiting) current = undefined;
    }
  };

  return {
    async send(request) {
      if (closed) throw new TransportError('closed', 'no more requests', server, false);
      if (request.signal?.aborted) throw new TransportError('aborted', 'before it was sent', server, false);
      const live = await session();
      if (closed) throw new TransportError('closed', 'no more requests', server, false);
      const { method, path, headers, body } = request;
      const stream = live.request({ ...headers, ':method': method, ':path': prefix + path }, { endStream: body === undefined });
      const failure = watchStream(stream, request, server, () => closed);
      if (body !== undefined) stream.end(body);
      const received = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
        const fail = () => reject(failure());
        stream.once('close', fail);
        stream.once('response', (answer) => {
          stream.off('close', fail); // creating an error costs a stack trace, and almost every stream closes normally
          resolve(answer);
        });
      });
      return { status: Number(received[':status']), headers: flat(received), body: bodyOf(stream, failure) };
    },
    async close() {
      closed = true;
      for (const live of sessions) live.destroy();
    },
  };
}

/** Lets the signal end the stream; the result reports what ended it. */
function watchStream(
  stream: ClientHttp2Stream,
  request: TransportRequest,
  server: string,
  closed: () => boolean,
): () => TransportError {
  let cause: Error | undefined;
  const forget = onAbort(request.signal, () => stream.close(NGHTTP2_CANCEL));
  stream.on('error', (error) => {
    cause = error;
  });
  stream.on('close', forget);
  return () => {
    const sent = stream.id !== undefined && stream.rstCode !== NGHTTP2_REFUSED_STREAM;
    if (request.signal?.aborted) return new TransportError('aborted', 'by its caller', server, sent);
    if (closed()) return new TransportError('closed', 'with a request under way', server, sent);
    return new TransportError('reset', cause?.message ?? `the stream ended with code ${stream.rstCode}`, server, sent);
  };
}

async function* bodyOf(stream: ClientHttp2Stream, failure: () => TransportError): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk;
  } catch {
    throw failure();
  }
  // A truncated stream ends like a complete one, except for this.
  if (stream.aborted || stream.rstCode !== 0) throw failure();
}

async function keepAlive(session: ClientHttp2Session, socket: Socket, clock: Clock, ended: AbortSignal): Promise<void> {
  for (;;) {
    const heard = socket.bytesRead;
    await clock.sleep(SILENCE_MS, ended);
    // A session being destroyed has not reported it yet.
    if (ended.aborted || session.destroyed) return;
    if (socket.bytesRead !== heard) continue;
    const pong = new AbortController();
    session.ping(() => pong.abort());
    await clock.sleep(PONG_MS, pong.signal);
    if (!pong.signal.aborted && socket.bytesRead === heard) {
      session.destroy(new Error('the server does not answer pings any more'));
    }
  }
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]));
}
