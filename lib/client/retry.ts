import type { StatusBody, TransportError } from './errors';

/** How one attempt failed. */
export type Failure =
  | { readonly error: TransportError }
  | { readonly status: number; readonly body: StatusBody; readonly retryAfter: string | undefined };

/** Input for the decision on the next attempt. */
export interface Attempt {
  /** Number of failures: 1 after the first attempt. */
  readonly count: number;
  readonly elapsedMs: number;
  readonly budgetMs: number;
  /** Whether repeating the request has no further effect. */
  readonly idempotent: boolean;
  /** The server has responded to this client before: a refused connection is an outage, not a wrong address. */
  readonly known: boolean;
  /** From 0 to 1. */
  readonly random: number;
}

const FIRST_MS = 100;
const LONGEST_MS = 2_000;
/** Internal errors usually repeat: a webhook that is down, a conversion that fails. */
const INTERNAL_ERRORS = 4;
/** A server that has never responded may not be an API server at all. */
const UNKNOWN_RESETS = 4;

/** Exponential, with half of it random so that clients do not return all at once. */
export function backoffMs(count: number, random: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (count - 1)) * (0.5 + random / 2);
}

/** Milliseconds until the next attempt, or undefined when the failure must be reported. */
export function retryDelay(failure: Failure, attempt: Attempt): number | undefined {
  if (!worthIt(failure, attempt)) return undefined;
  const asked = 'status' in failure ? retryAfterMs(failure) : undefined;
  const delay = asked === undefined ? backoffMs(attempt.count, attempt.random) : asked * (1 + attempt.random / 10);
  return attempt.elapsedMs + delay <= attempt.budgetMs ? delay : undefined;
}

function worthIt(failure: Failure, { count, idempotent, known }: Attempt): boolean {
  if ('error' in failure) {
    const { kind, sent } = failure.error;
    if (kind === 'refused') return known;
    return kind === 'reset' && (idempotent || !sent) && (known || count < UNKNOWN_RESETS);
  }
  const { status, body } = failure;
  if (status === 429) return true; // rejected without processing
  if (status === 409) return body.details?.kind === 'resourcequotas'; // the quota's counter changed; nothing was stored
  if (status === 503 && retryAfterMs(failure) !== undefined) return true;
  if (status === 502 || status === 503 || status === 504) return idempotent;
  // Server-side apply responds with 500 to objects that do not fit the schema, which repeating does not change.
  return status === 500 && idempotent && count < INTERNAL_ERRORS && !/^failed to (create typed|convert)/.test(body.message ?? '');
}

function retryAfterMs({
  retryAfter,
  body,
}: {
  readonly retryAfter: string | undefined;
  readonly body: StatusBody;
}): number | undefined {
  const seconds = retryAfter === undefined ? body.details?.retryAfterSeconds : Number(retryAfter);
  return seconds === undefined || !Number.isFinite(seconds) || seconds < 0 ? undefined : seconds * 1000;
}
