import { ServingError } from '../errors/problem';

/**
 * Why no answer came:
 * - `refused`: no server could be reached; nothing was sent
 * - `tls`: the other side is not who the kubeconfig says, or does not accept this client; nothing was sent
 * - `reset`: the connection broke off
 * - `timeout`: the deadline passed
 * - `aborted`: the caller's signal
 * - `closed`: this client was closed
 * - `oversized`: the answer is larger than any that this client asks for
 */
export type TransportFailure = 'refused' | 'tls' | 'reset' | 'timeout' | 'aborted' | 'closed' | 'oversized';

/** No (whole) answer came from the API server. */
export class TransportError extends ServingError {
  static override readonly kind = 'TransportError';
  /** What went wrong, and so whether the request may have been carried out. */
  readonly kind: TransportFailure;
  /** Whether the server may have carried the request out. */
  readonly sent: boolean;
  private readonly detail: string;

  /** `subject` is the address as long as a transport speaks, and the object once the client knows it. */
  constructor(kind: TransportFailure, detail: string, subject: string, sent: boolean) {
    const remedy =
      kind === 'tls' ? 'Check certificate-authority and tls-server-name.' : 'Check that the API server can be reached.';
    super([{ code: 'API_UNREACHABLE', subject, message: `${WORDS[kind]}: ${detail}`, remedy }]);
    this.kind = kind;
    this.sent = sent;
    this.detail = detail;
  }

  /** The same failure, told of an object: `apply Deployment/fraud-model`. */
  about(subject: string): TransportError {
    return new TransportError(this.kind, this.detail, subject, this.sent);
  }
}

const WORDS: Record<TransportFailure, string> = {
  refused: 'the API server could not be reached',
  tls: 'no secure connection',
  reset: 'the connection broke off',
  timeout: 'no answer in time',
  aborted: 'stopped',
  closed: 'the client was closed',
  oversized: 'the answer is too large',
};

/** One field that the API server objects to. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  /** `.spec.replicas` of a conflict, `spec.selector` of an invalid object. */
  readonly field?: string;
}

/** What the API server says when it refuses, `kind: Status`. */
export interface StatusBody {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
}

/** The API server refused a request. */
export class ApiError extends ServingError {
  static override readonly kind = 'ApiError';
  /** HTTP status: 403, 409, 422, … */
  readonly status: number;
  /** `Forbidden`, `Conflict`, `AlreadyExists`, `Invalid`, …; `Unknown` when the server gave none. */
  readonly reason: string;
  /** The server's words. Values of a Secret are masked. */
  readonly text: string;
  readonly causes: readonly StatusCause[];
  readonly details: StatusBody['details'];
  /**
   * An earlier attempt of the same request broke off and may have been carried out. A 409 (or a delete's 404) may then be the
   * echo of one's own write: read the object before believing it.
   */
  readonly ambiguous: boolean;

  constructor(status: number, body: StatusBody, subject: string, ambiguous = false) {
    const reason = body.reason ?? 'Unknown';
    const text = body.message ?? 'no message';
    super([
      {
        code: 'API_REFUSED',
        subject,
        message: `${status} ${reason}: ${text
          .trim()
          .replace(/[.\s]+$/, '')
          .replace(/\s*\n\s*/g, ' ')}`,
        remedy: remedyOf(status),
      },
    ]);
    this.status = status;
    this.reason = reason;
    this.text = text;
    this.causes = body.details?.causes ?? [];
    this.details = body.details;
    this.ambiguous = ambiguous;
  }

  /** The object is not the one that was seen: other uid or resourceVersion, gone, or already there. */
  get stale(): boolean {
    if (this.status === 409) return !this.fieldConflict;
    // What a wrong uid in an apply is answered with when there is an object.
    return this.status === 422 && this.causes.some(({ field }) => field === 'metadata.uid');
  }

  /** Fields belong to other managers; `causes` has one entry for each, `conflict with "kubectl" using apps/v1` and `.spec.replicas`. */
  get fieldConflict(): boolean {
    return this.causes.some(({ reason }) => reason === 'FieldManagerConflict');
  }
}

function remedyOf(status: number): string {
  if (status === 401) return 'Log in again.';
  if (status === 403) return 'Ask for this permission, or for more quota.';
  if (status === 409) return 'Look at what has changed since, or who else owns the field.';
  if (status >= 500 || status === 429) return 'Try again; if it stays, look at the API server and its webhooks.';
  return 'Correct the object.';
}

/** The Status in an answer's text; proxies and unknown paths answer without one, their first words become the message. */
export function parseStatus(text: string, redact = (words: string): string => words): StatusBody {
  try {
    const body: unknown = JSON.parse(text, (_, value) => (typeof value === 'string' ? redact(value) : value));
    if (isStatus(body)) return sound(body);
  } catch {
    // no JSON: below
  }
  return { message: redact(text.trim()).slice(0, 200) };
}

/** The Status with fields of the types that they should have; an aggregated API may answer anything. */
function sound({ message, reason, details }: StatusBody): StatusBody {
  const { causes, name, kind, retryAfterSeconds } = typeof details === 'object' && details !== null ? details : {};
  const listed = Array.isArray(causes) ? causes.filter((cause: unknown) => typeof cause === 'object' && cause !== null) : [];
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
    details: {
      causes: listed.map((cause) => Object.fromEntries(Object.entries(cause).filter(([, value]) => typeof value === 'string'))),
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof kind === 'string' ? { kind } : {}),
      ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
    },
  };
}

function isStatus(body: unknown): body is StatusBody {
  return typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status';
}
