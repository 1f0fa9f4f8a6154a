import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { type Clock, clientOver, type KubeApi, systemClock, type Transport } from '../../lib/client';
import { http2Transport } from '../../lib/client/http2';

/** What the server saw of a request. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers one request, well or badly; `cut` breaks the connection. */
export type Answer = (stream: ServerHttp2Stream, seen: Seen, cut: () => void) => void;

/** An HTTP/2 server without TLS that answers request after request as its script says; the last answer is repeated. */
export interface FaultServer {
  readonly url: string;
  readonly seen: Seen[];
  sessions(): number;
  script(...answers: Answer[]): void;
  /** An HTTP/2 transport to it. */
  transport(clock?: Clock): Transport;
  close(): Promise<void>;
}

export async function faultServer(): Promise<FaultServer> {
  const server: Http2Server = createServer();
  const live = new Set<ServerHttp2Session>();
  const cuts = new Map<ServerHttp2Stream, () => void>();
  let latest: Socket | undefined;
  server.prependListener('connection', (socket: Socket) => {
    latest = socket;
  });
  const seen: Seen[] = [];
  let answers: Answer[] = [];
  let sessions = 0;
  server.on('session', (session) => {
    sessions++;
    live.add(session);
    const socket = latest;
    session.on('stream', (stream) => cuts.set(stream, () => socket?.destroy()));
    session.on('error', () => {}).on('close', () => live.delete(session));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    let body = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    stream.on('end', () => {
      const text = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      const request = { method: text[':method'] ?? '', path: text[':path'] ?? '', headers: text, body };
      seen.push(request);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (!stream.destroyed) answer?.(stream, request, () => cuts.get(stream)?.());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    seen,
    sessions: () => sessions,
    script: (...next) => {
      answers = next;
    },
    transport: (clock = systemClock) => http2Transport(url, async () => connect(port, '127.0.0.1'), clock),
    close: () =>
      new Promise((resolve) => {
        for (const session of live) session.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Deadlines stay long enough for a busy machine; watches are renewed often. */
const faster = (ms: number) => ms / (ms > 100_000 ? 2000 : ms >= 10_000 ? 10 : 100);

/** A client of it whose time runs 100 times faster, minutes even more so, and which notes how long it was told to wait. */
export function fastClient(
  server: FaultServer,
  options: { deadlineMs?: number; retryMs?: number } = {},
): KubeApi & { readonly waits: number[] } {
  const waits: number[] = [];
  const clock: Clock = {
    now: () => Date.now() * 100,
    sleep: (ms, signal) => {
      waits.push(ms);
      return systemClock.sleep(faster(ms), signal);
    },
    after: (ms, callback) => {
      waits.push(ms);
      return systemClock.after(faster(ms), callback);
    },
  };
  return { ...clientOver(server.transport(), { clock, random: () => 0, ...options }), waits };
}

export const ok =
  (body: unknown): Answer =>
  (stream) => {
    stream.respond({ ':status': 200 });
    stream.end(JSON.stringify(body));
  };

export const refuse =
  (code: number, body: object = {}, headers: Record<string, string> = {}): Answer =>
  (stream) => {
    stream.respond({ ':status': code, ...headers });
    stream.end(JSON.stringify({ kind: 'Status', code, ...body }));
  };

/** Half an answer, then the connection is gone. */
export const cutOff: Answer = (stream, _, cut) => {
  stream.respond({ ':status': 200 });
  stream.write('{"kind":"Conf');
  setTimeout(cut, 5);
};

export const silent: Answer = () => {};

/** Watch events, then what happens to the stream. */
export const events =
  (lines: readonly unknown[], then: Answer = (stream) => stream.end()): Answer =>
  (stream, seen, cut) => {
    stream.respond({ ':status': 200 });
    const text = lines.map((line) => (typeof line === 'string' ? line : `${JSON.stringify(line)}\n`)).join('');
    stream.write(text === '' ? '\n' : text, () => then(stream, seen, cut));
  };

/** A server that speaks HTTP/2 frame by frame, for what node:http2 would not send: `frames` follow the first request. */
export async function frameServer(...frames: readonly Buffer[]): Promise<{ readonly port: number; close(): void }> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.write(frame(SETTINGS, 0, 0));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      let at = 24; // after the client's preface
      while (received.length >= at + 9) {
        const length = received.readUIntBE(at, 3);
        if (received[at + 3] === HEADERS) {
          socket.removeAllListeners('data');
          socket.write(Buffer.concat(frames));
          return;
        }
        at += 9 + length;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, close: () => server.close() };
}

const [DATA, HEADERS, RST_STREAM, SETTINGS] = [0, 1, 3, 4];
function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
/** The header `:status: 200`, half a body, and no end of the stream. */
export const halfAnswer = Buffer.concat([
  frame(HEADERS, 4, 1, Buffer.from([0x88])),
  frame(DATA, 0, 1, Buffer.from('{"kind":"Conf')),
]);
export function rstStream(code: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return frame(RST_STREAM, 0, 1, payload);
}
