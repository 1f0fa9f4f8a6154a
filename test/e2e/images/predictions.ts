import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { log, required, serve } from '../../../apps/images/service';

/** What predictions of a server are asked for. */
export interface Target {
  readonly url: string;
  readonly body: unknown;
  /** Time between the two halves of the request, seconds. @default 0 */
  readonly pause?: number;
}

/** One request and what became of it. */
export interface Prediction {
  readonly target: string;
  /** When it was sent, milliseconds since 1970. */
  readonly at: number;
  /** HTTP status; 0 without a whole response. */
  readonly status: number;
  /** The response, or what went wrong. */
  readonly text: string;
  /** Times of its parts since it was sent, milliseconds. */
  readonly parts: readonly number[];
}

/**
 * A client of several servers, TARGETS by name. Sends RATE requests per second to each, whatever becomes of them, and keeps what
 * happened; nothing is sent twice. `GET /sent/N` gives all from number N on, `POST /ask` sends one more and waits for it.
 */
const targets = JSON.parse(required('TARGETS')) as Readonly<Record<string, Target>>;
const rate = Number(required('RATE'));
const PATIENCE_MS = 60_000;

/** As proxies do that follow endpoints: no connection is kept for longer than servers serve before SIGTERM. */
const KEPT_MS = 4_000;
/** Nor used that was idle for nearly as long as servers keep one, 5 s: it may be closed at the same moment. So nothing may wait for one. */
const IDLE_MS = 1_000;

const fresh = new Agent({ keepAlive: false });
let kept = new Agent({ keepAlive: true });
setInterval(() => {
  const old = kept;
  kept = new Agent({ keepAlive: true });
  setTimeout(() => old.destroy(), PATIENCE_MS);
}, KEPT_MS);

/** When a request was last sent on a connection. What came after is not known: a busy client reads late. */
const lastSent = new WeakMap<Socket, number>();

function forgetIdle({ freeSockets }: Agent): void {
  const idle = Object.values(freeSockets).flatMap((sockets) => sockets ?? []);
  for (const socket of idle) if (performance.now() - (lastSent.get(socket) ?? 0) > IDLE_MS) socket.destroy();
}

const sent: Prediction[] = [];

function send(target: string, { url, body, pause = 0 }: Target, agent: Agent): Promise<Prediction> {
  const [at, began] = [Date.now(), performance.now()];
  forgetIdle(agent);
  const parts: number[] = [];
  let text = '';
  return new Promise((resolve) => {
    const done = (status: number, said: string) => resolve({ target, at, status, text: said, parts });
    const json = JSON.stringify(body);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(json) };
    const options = { method: 'POST', agent, headers };
    const going = request(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
      response.setEncoding('utf8').on('data', (part: string) => {
        parts.push(Math.round(performance.now() - began));
        text += part;
      });
      response.on('error', (error) => done(0, `${error.message} after ${text.length} characters`));
      response.on('end', () => done(response.statusCode ?? 0, text));
    });
    going.on('socket', (socket) => lastSent.set(socket, performance.now()));
    going.on('error', (error) => done(0, `${error.message}${going.reusedSocket ? ', on a connection that was kept' : ''}`));
    if (pause > 0) going.write(json.slice(0, json.length / 2));
    setTimeout(() => going.end(pause > 0 ? json.slice(json.length / 2) : json), pause * 1000);
  });
}

const started = performance.now();
let count = 0;
setInterval(() => {
  for (; count < ((performance.now() - started) / 1000) * rate; count++) {
    for (const [name, target] of Object.entries(targets)) {
      void send(name, target, count % 2 === 0 ? fresh : kept).then((prediction) => sent.push(prediction));
    }
  }
}, 10);
log(`${rate} requests per second to each of ${Object.keys(targets).join(', ')}`);
void serve({
  port: 9001,
  routes: {
    'GET /sent/': ({ last }) => ({ body: sent.slice(Number(last)) }),
    'POST /ask': async ({ body }) => ({ body: await send('asked', body as Target, fresh) }),
  },
  ready: () => true,
}).then(() => process.exit(0));
