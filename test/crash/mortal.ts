import { TransportError } from '../../lib/client';
import type { Transport, TransportRequest, TransportResponse } from '../../lib/client/transport';

/** What befalls one request of a process. */
export const FAULTS = [
  'kill before', // the process dies before the request leaves it
  'kill sent', // the request is carried out, and the process dies before the answer
  'kill answered', // the process dies with the answer in its hands
  'paused', // the process stands still, for longer than its lock lives and while another one releases something else; then it wakes up
  'reset before', // the connection breaks, nothing was carried out
  'reset after', // the connection breaks, it was carried out
  'timeout', // no answer comes
  'answer 409',
  'answer 429',
  'answer 500',
  'other acts', // somebody else changes an object of the stack just before
  'other deletes', // somebody else deletes an object of the stack just before
  'other replaces', // somebody else puts an object of their own in its place
] as const;
export type Fault = (typeof FAULTS)[number];

const never = <T>(): Promise<T> => new Promise(() => {});

/** The connection of a process that meets one fault at one of its requests. A dead process sends nothing any more. */
export class Mortal implements Transport {
  readonly #inner: Transport;
  readonly #at: number;
  readonly #fault: Fault | undefined;
  readonly #other: (fault: Fault) => Promise<void>;
  /** Requests so far, as `METHOD path`. */
  readonly sent: string[] = [];
  /** Resolves when the process dies. */
  readonly death: Promise<'dead'>;
  #die: (word: 'dead') => void = () => {};
  #dead = false;
  #pausing = false;
  #stopped = false;
  readonly #awake: Promise<void>;
  /** Lets a paused process go on. */
  wake: () => void = () => {};

  constructor(inner: Transport, at = 0, fault?: Fault, other: (fault: Fault) => Promise<void> = async () => {}) {
    this.#inner = inner;
    this.#at = at;
    this.#fault = fault;
    this.#other = other;
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.#awake = new Promise((resolve) => {
      this.wake = () => {
        [this.#pausing, this.#stopped] = [false, false];
        resolve();
      };
    });
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    if (this.#dead) return never();
    if (this.#stopped) await this.#awake;
    const number = this.sent.push(`${request.method} ${request.path.replace(/\?.*/, '')}`);
    if (this.#pausing) return this.#held(request);
    if (number !== this.#at || this.#fault === undefined) return this.#inner.send(request);
    return this.#meet(this.#fault, request);
  }

  async #meet(fault: Fault, request: TransportRequest): Promise<TransportResponse> {
    switch (fault) {
      case 'kill before':
        return this.#kill();
      case 'kill sent':
        await this.#inner.send(request);
        return this.#kill();
      case 'kill answered': {
        const answer = await this.#inner.send(request);
        this.#dead = true;
        this.#die('dead');
        return answer;
      }
      case 'paused':
        this.#pausing = true;
        // What it has sent in the same breath is on its way.
        setImmediate(() => {
          this.#stopped = this.#pausing;
        });
        this.#die('dead');
        return this.#held(request);
      case 'reset before':
        throw new TransportError('reset', 'reset', request.path, false);
      case 'reset after':
        await this.#inner.send(request);
        throw new TransportError('reset', 'reset', request.path, true);
      case 'timeout':
        return new Promise((_, reject) => {
          const giveUp = () => reject(new TransportError('timeout', 'timeout', request.path, true));
          if (request.signal?.aborted === true) giveUp();
          request.signal?.addEventListener('abort', giveUp, { once: true });
        });
      case 'answer 409':
        return refusal(409, 'Conflict');
      case 'answer 429':
        return refusal(429, 'TooManyRequests');
      case 'answer 500':
        return refusal(500, 'InternalError');
      case 'other acts':
      case 'other deletes':
      case 'other replaces':
        await this.#other(fault);
        return this.#inner.send(request);
    }
  }

  async #held(request: TransportRequest): Promise<TransportResponse> {
    const answer = await this.#inner.send(request);
    await this.#awake;
    return answer;
  }

  #kill(): Promise<TransportResponse> {
    this.#dead = true;
    this.#die('dead');
    return never();
  }

  async close(): Promise<void> {
    if (!this.#dead) await this.#inner.close();
  }
}

function refusal(code: number, reason: string): TransportResponse {
  const text = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: `injected ${code}` });
  async function* body() {
    yield Buffer.from(text);
  }
  return { status: code, headers: { 'content-type': 'application/json', 'retry-after': '1' }, body: body() };
}
