import { parseJson } from '../kube/large-integer';
import { type Clock, Deadline } from './clock';
import { defined } from './defined';
import { ApiError, parseStatus, TransportError } from './errors';
import { pace } from './pace';
import { type Failure, retryDelay } from './retry';
import type { Transport, TransportRequest, TransportResponse } from './transport';
import { USER_AGENT } from './version';

/** Dependencies of the client, and its limits. */
export interface ClientOptions {
  /** Source of time. @default - the system clock */
  readonly clock?: Clock;
  /** Random numbers from 0 to 1, for jitter. @default Math.random */
  readonly random?: () => number;
  /** Timeout of one attempt, in milliseconds. @default 30000 */
  readonly deadlineMs?: number;
  /** How long failed attempts are retried, in milliseconds. @default CHECK */
  readonly retryMs?: number;
  /** Maximum requests per second. @default - no limit: as fast as the server responds, 32 at a time */
  readonly qps?: number;
  /** Called with each API server warning, such as a deprecated API version. @default - warnings are dropped */
  readonly onWarning?: (text: string) => void;
}

/** One request, with what is needed to retry it and to report its failure. */
export interface Call extends TransportRequest {
  /** `apply Deployment/fraud-model`. */
  readonly subject: string;
  /** Whether the request is not idempotent. @default false */
  readonly once?: boolean;
  /** Removes secret values from the server's messages. */
  readonly redact?: (text: string) => string;
}

/** Sends requests until they get a response or are not worth retrying. */
export interface Caller {
  readonly clock: Clock;
  readonly random: () => number;
  /** The complete body of a 2xx response; anything else throws `ApiError` or `TransportError`. */
  text(call: Call): Promise<string>;
  /** The JSON of a 2xx response. @param read converts it; a SyntaxError from it counts as a truncated response */
  json<T>(call: Call, read: (value: unknown) => T): Promise<T>;
  /** One attempt: streams the body, for at most this many milliseconds. */
  stream(call: Call, lifetimeMs: number): AsyncGenerator<Uint8Array>;
}

export function caller(transport: Transport, clock: Clock, options: ClientOptions): Caller {
  const { random = Math.random, deadlineMs = 30_000, retryMs = 30_000, qps, onWarning } = options;
  const turn = pace(clock, qps);
  let known = false;

  const send = async ({ method, path, headers, body }: Call, signal: AbortSignal): Promise<TransportResponse> => {
    const all = { accept: 'application/json', 'user-agent': USER_AGENT, ...headers };
    const response = await transport.send({ method, path, headers: all, signal, ...defined({ body }) });
    known = true;
    const warning = response.headers.warning;
    if (warning !== undefined) onWarning?.(warning.replace(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g, '$1'));
    return response;
  };
  const lost = (error: unknown, { subject }: Call, deadline: Deadline): TransportError => {
    if (!(error instanceof TransportError)) throw error;
    if (!deadline.passed) return error.about(subject);
    return new TransportError('timeout', `nothing within ${deadlineMs / 1000} s`, subject, error.sent);
  };
  const attempt = async <T>(call: Call, parse: (text: string) => T): Promise<{ readonly value: T } | Failure> => {
    await turn(call.signal);
    const deadline = new Deadline(clock, deadlineMs, call.signal);
    try {
      const { status, headers, body } = await send(call, deadline.signal);
      const text = await textOf(body, call.subject);
      if (status >= 300) return { status, body: parseStatus(text, call.redact), retryAfter: headers['retry-after'] };
      return { value: parse(text) };
    } catch (error) {
      // Some proxies end a truncated response as if it were complete.
      const cut =
        error instanceof SyntaxError
          ? new TransportError('reset', 'half an answer, or one to something else', call.subject, true)
          : error;
      return { error: lost(cut, call, deadline) };
    } finally {
      deadline.end();
    }
  };
  const repeat = async <T>(call: Call, parse: (text: string) => T): Promise<T> => {
    const began = clock.now();
    let ambiguous = false;
    for (let count = 1; ; count++) {
      const outcome = await attempt(call, parse);
      if ('value' in outcome) return outcome.value;
      const elapsedMs = clock.now() - began;
      const state = { count, elapsedMs, budgetMs: retryMs, idempotent: !call.once, known, random: random() };
      const delay = call.signal?.aborted ? undefined : retryDelay(outcome, state);
      if (delay !== undefined) await clock.sleep(delay, call.signal);
      if (delay === undefined || call.signal?.aborted) {
        throw 'error' in outcome ? outcome.error : new ApiError(outcome.status, outcome.body, call.subject, ambiguous);
      }
      ambiguous ||= 'error' in outcome ? outcome.error.sent : outcome.status >= 500;
    }
  };
  return {
    clock,
    random,
    text: (call) => repeat(call, (text) => text),
    json: (call, read) => repeat(call, (text) => read(parseJson(text))),
    async *stream(call, lifetimeMs) {
      await turn(call.signal);
      const deadline = new Deadline(clock, deadlineMs, call.signal);
      try {
        const { status, body } = await send(call, deadline.signal);
        if (status >= 300) throw new ApiError(status, parseStatus(await textOf(body, call.subject)), call.subject);
        deadline.extend(lifetimeMs);
        yield* body;
      } catch (error) {
        throw error instanceof TransportError ? lost(error, call, deadline) : error;
      } finally {
        deadline.end();
      }
    },
  };
}

/** No response to this project's requests is larger: 500 objects of 100 KB. */
const LARGEST_ANSWER = 64 * 2 ** 20;

async function textOf(body: AsyncIterable<Uint8Array>, subject: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving the loop cancels the stream.
    if (size > LARGEST_ANSWER) throw new TransportError('oversized', `more than ${LARGEST_ANSWER / 2 ** 20} MiB`, subject, true);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
