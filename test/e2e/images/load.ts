import { Agent, request } from 'node:http';
import { log, required, serve } from '../../../apps/images/service';
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
 * Sends requests at a constant rate, whatever becomes of them, and keeps what happened to every one; nothing is sent twice.
 * `GET /sent/N` gives them from number N on.
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

setInterval(send, 1000 / rate);
log(`${rate} requests per second to ${target}`);
void serve({
  port: 9000,
  routes: { 'GET /sent/': ({ last }) => ({ body: sent.slice(Number(last)) }) },
  ready: () => true,
}).then(() => process.exit(0));
