import type { ProblemCode } from '../errors/codes';
import { ServingError } from '../errors/problem';
import { isFields, listAt, textAt } from '../kube/fields';
import { ExchangeError, type RegistryResponse } from './exchange';

/** Statuses after which another attempt may succeed. */
const TRANSIENT = [408, 429, 500, 502, 503, 504];
/** Maximum attempts per request. */
export const ATTEMPTS = 5;
/** A longer wait is reported instead. */
const LONGEST_WAIT_MS = 60_000;

/** Whether another attempt may succeed. */
export function isTransient(outcome: RegistryResponse | ExchangeError): boolean {
  return outcome instanceof ExchangeError ? outcome.kind === 'lost' : TRANSIENT.includes(outcome.status);
}

/**
 * Milliseconds until the next attempt: as requested by `Retry-After`, otherwise exponential. Undefined when the registry requests
 * an unreasonable wait.
 */
export function delayOf(
  outcome: RegistryResponse | ExchangeError,
  attempt: number,
  now: number,
  random: number,
): number | undefined {
  const asked = outcome instanceof ExchangeError ? undefined : retryAfter(outcome.headers['retry-after'], now);
  if (asked !== undefined) return asked <= LONGEST_WAIT_MS ? asked : undefined;
  return Math.min(4_000, 200 * 2 ** (attempt - 1)) * (0.5 + random / 2);
}

function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The problem of a registry request that failed. */
export function failureOf(subject: string, outcome: RegistryResponse | ExchangeError): ServingError {
  if (outcome instanceof ExchangeError) return unreachable(subject, outcome);
  const { status } = outcome;
  const got = [`HTTP ${status}`, ...messagesOf(outcome)].join(': ').slice(0, 200);
  if (status === 401)
    return problem(
      'REGISTRY_DENIED',
      subject,
      'the registry does not accept the credentials',
      got,
      'Log in with docker, podman or oras login.',
    );
  if (status === 403)
    return problem(
      'REGISTRY_DENIED',
      subject,
      'the registry denies access',
      got,
      'Use credentials with access to the repository.',
    );
  if (status === 404)
    return problem('ARTIFACT_MISSING', subject, 'there is no such artifact', got, 'Correct the reference, or push it first.');
  if (status === 429)
    return problem(
      'REGISTRY_UNAVAILABLE',
      subject,
      'the registry limits the rate of requests',
      got,
      'Try again later, or log in.',
    );
  if (status >= 500) return problem('REGISTRY_UNAVAILABLE', subject, 'the registry failed', got, 'Try again later.');
  return problem('REGISTRY_REFUSED', subject, 'the registry refuses the request', got, 'Correct what the registry names.');
}

function unreachable(subject: string, { kind, message }: ExchangeError): ServingError {
  if (kind === 'tls') {
    const remedy = 'Pass the certificate authority with --ca-file.';
    return problem('REGISTRY_UNREACHABLE', subject, "the registry's certificate is not trusted", message, remedy);
  }
  if (kind === 'plain') {
    const remedy = 'Serve the registry over TLS; HTTP is only for this machine.';
    return problem('REGISTRY_UNREACHABLE', subject, 'the registry does not speak TLS', undefined, remedy);
  }
  if (kind === 'large') {
    const remedy = 'Check that the reference names an artifact of `serving push`.';
    return problem('ARTIFACT_INVALID', subject, 'the response is too large', message, remedy);
  }
  return problem('REGISTRY_UNREACHABLE', subject, 'the registry cannot be reached', message, 'Check host and network.');
}

/** The messages in a registry's error body. @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
function messagesOf({ body }: RegistryResponse): readonly string[] {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'));
    return listAt(answer, 'errors').flatMap((error) =>
      isFields(error) ? [[textAt(error, 'code'), textAt(error, 'message')].filter((part) => part !== undefined).join(' ')] : [],
    );
  } catch {
    return [];
  }
}

function problem(code: ProblemCode, subject: string, message: string, got: string | undefined, remedy: string): ServingError {
  return new ServingError([{ code, subject, message, remedy, ...(got === undefined ? {} : { got }) }]);
}
