import { Agent, request } from 'node:http';
import { type Answer, log, required, serve } from '../../../apps/images/service';
import { KNOWN } from './known-transactions';

/** One request and what became of it. */
export interface Sent {
  /** When it was sent, milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  readonly transaction: string;
  /** Whether it had a connection of its own; the others share kept ones, as behind an ingress controller. */
  readonly fresh: boolean;
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  readonly model?: string;
  readonly pod?: string;
  readonly probability?: number;
  readonly error?: string;
}

/**
 * A client of the stack, in the place of an ingress controller. Sends requests at a constant rate, whatever becomes of them, and keeps
 * what happened to every one; nothing is sent twice. `GET /sent/N` gives them from number N on. `POST /ask` sends one request for a
 * test and gives the answer; `POST /slowly` takes some seconds to send it.
 */
const target = new URL(required('TARGET'));
const rate = Number(required('RATE'));
const PATIENCE_MS = 10_000;

const agents = { kept: new Agent({ keepAlive: true, maxSockets: 8 }), fresh: new Agent({ keepAlive: false }) };
const sent: Sent[] = [];
let count = 0;

function send(): void {
  const number = count++;
  const [fresh, transaction, at, began] = [number % 2 === 0, `tx-${(number * 37) % KNOWN}`, Date.now(), performance.now()];
  const done = (rest: Pick<Sent, 'status'> & Partial<Sent>) =>
    sent.push({ at, ms: Math.round((performance.now() - began) * 100) / 100, transaction, fresh, ...rest });
  const options = { agent: fresh ? agents.fresh : agents.kept, method: 'POST', headers: { 'Content-Type': 'application/json' } };
  const going = request(target, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
    });
    response.on('error', (error) => done({ status: 0, error: error.message }));
    response.on('end', () => {
      const status = response.statusCode ?? 0;
      if (status !== 200) return done({ status, error: text.slice(0, 200) });
      const { model, pod, probability } = JSON.parse(text) as Sent;
      return done({ status, ...(model && pod && probability !== undefined ? { model, pod, probability } : {}) });
    });
  });
  going.on('error', (error) => done({ status: 0, error: error.message }));
  going.end(JSON.stringify({ transaction }));
}

/** Status and answer, which is JSON or text. */
async function reply(url: string, body: unknown): Promise<unknown> {
  const headers = { 'Content-Type': 'application/json' };
  const sending = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(url, { ...sending, signal: AbortSignal.timeout(PATIENCE_MS) });
  const text = await response.text();
  return { status: response.status, body: response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : text };
}

/** Sends the first half of a request, and the other half after some seconds. */
function slowly({
  url,
  body,
  seconds,
}: {
  readonly url: string;
  readonly body: unknown;
  readonly seconds: number;
}): Promise<Answer> {
  const text = JSON.stringify(body);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const going = request(url, { method: 'POST', headers, agent: agents.fresh }, async (response) => {
      let answer = '';
      for await (const part of response.setEncoding('utf8')) answer += part;
      resolve({ body: { status: response.statusCode, body: JSON.parse(answer), connection: response.headers.connection } });
    });
    going.on('error', reject);
    going.write(text.slice(0, text.length / 2));
    setTimeout(() => going.end(text.slice(text.length / 2)), seconds * 1000);
  });
}

// Requests that are due are sent, also when this process was held up for a moment.
const started = performance.now();
setInterval(() => {
  while (count < ((performance.now() - started) / 1000) * rate) send();
}, 5);
log(`${rate} requests per second to ${target}`);
void serve({
  port: 9000,
  routes: {
    'GET /sent/': ({ last }) => ({ body: sent.slice(Number(last)) }),
    'POST /ask': async ({ body }) => {
      const { url, body: asked } = body as { readonly url: string; readonly body?: unknown };
      return { body: await reply(url, asked) };
    },
    'POST /slowly': ({ body }) => slowly(body as Parameters<typeof slowly>[0]),
  },
  ready: () => true,
}).then(() => process.exit(0));
