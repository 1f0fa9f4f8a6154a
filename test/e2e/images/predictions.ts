import { Agent, request } from 'node:http';
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
  /** Whether it was sent twice: a server closed the connection that it had kept, and had answered nothing. */
  readonly again?: true;
}

/**
 * A client of several servers, TARGETS by name. Sends RATE requests per second to each, whatever becomes of them, and keeps what
 * happened. `GET /sent/N` gives all from number N on, `POST /ask` sends one more and waits for it.
 *
 * Half of the requests have a connection of their own, and nothing of theirs is sent twice. The others share kept connections, as proxies
 * do: a server may close one at the moment at which a request comes on it. A prediction can be asked for again, so that such a request, of
 * which nothing was answered, is sent once more on a new connection.
 * https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1-3
 */
const targets = JSON.parse(required('TARGETS')) as Readonly<Record<string, Target>>;
const rate = Number(required('RATE'));
const PATIENCE_MS = 60_000;

/** As proxies do that follow endpoints: no connection is kept for longer than servers serve before SIGTERM. */
const KEPT_MS = 4_000;

const fresh = new Agent({ keepAlive: false });
let kept = new Agent({ keepAlive: true });
setInterval(() => {
  const old = kept;
  kept = new Agent({ keepAlive: true });
  setTimeout(() => old.destroy(), PATIENCE_MS);
}, KEPT_MS);

const sent: Prediction[] = [];

async function send(target: string, what: Target, agent: Agent): Promise<Prediction> {
  const { lostBefore, ...first } = await sendOnce(target, what, agent);
  if (!lostBefore) return first;
  const { lostBefore: _, ...second } = await sendOnce(target, what, fresh);
  return { ...second, at: first.at, again: true };
}

/** `lostBefore`: a kept connection was closed before anything was answered. */
function sendOnce(
  target: string,
  { url, body, pause = 0 }: Target,
  agent: Agent,
): Promise<Prediction & { readonly lostBefore: boolean }> {
  const [at, began] = [Date.now(), performance.now()];
  const parts: number[] = [];
  let text = '';
  return new Promise((resolve) => {
    const done = (status: number, said: string, lostBefore = false) =>
      resolve({ target, at, status, text: said, parts, lostBefore });
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
    going.on('error', (error: NodeJS.ErrnoException) => done(0, error.message, going.reusedSocket && isClosed(error)));
    if (pause > 0) going.write(json.slice(0, json.length / 2));
    setTimeout(() => going.end(pause > 0 ? json.slice(json.length / 2) : json), pause * 1000);
  });
}

/** "socket hang up" has the code ECONNRESET too; once a response has begun, the error is the response's. */
function isClosed({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
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
