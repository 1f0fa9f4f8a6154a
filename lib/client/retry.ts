import type { StatusBody, TransportError } from './errors';

/** How one attempt ended, if not well. */
export type Failure =
  | { readonly error: TransportError }
  | { readonly status: number; readonly body: StatusBody; readonly retryAfter: string | undefined };

/** What is known when the next attempt is decided on. */
export interface Attempt {
  /** How many have failed: 1 after the first. */
  readonly count: number;
  readonly elapsedMs: number;
  readonly budgetMs: number;
  /** Done twice, it comes to the same. */
  readonly idempotent: boolean;
  /** The server has answered this client before: a refused connection is an outage, not a wrong address. */
  readonly known: boolean;
  /** From 0 to 1. */
  readonly random: number;
}

const FIRST_MS = 100;
const LONGEST_MS = 2_000;
/** Internal errors are mostly the same the next time: a webhook that is down, a conversion that fails. */
const INTERNAL_ERRORS = 4;
/** Who has never answered may not be an API server at all. */
const UNKNOWN_RESETS = 4;

/** Exponential, with half of it left to chance so that clients do not come back together. */
export function backoffMs(count: number, random: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (count - 1)) * (0.5 + random / 2);
}

/** Milliseconds until the next attempt, or nothing when the failure is to be reported. */
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
  if (status === 429) return true; // turned away before it was looked at
  if (status === 409) return body.details?.kind === 'resourcequotas'; // the quota's counter changed meanwhile; nothing was stored
  if (status === 503 && retryAfterMs(failure) !== undefined) return true;
  if (status === 502 || status === 503 || status === 504) return idempotent;
  // Server-side apply answers objects that do not fit the schema with 500, and nothing gets better by repeating that.
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
