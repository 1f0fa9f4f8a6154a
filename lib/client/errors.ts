import { ServingError } from '../errors/problem';

/**
 * Why there was no response:
 * - `refused`: no server was reachable; nothing was sent
 * - `tls`: the server's identity does not match the kubeconfig, or it rejects this client; nothing was sent
 * - `reset`: the connection was reset
 * - `timeout`: the deadline passed
 * - `aborted`: the caller's signal
 * - `closed`: this client was closed
 * - `oversized`: the response is larger than any this client requests
 */
export type TransportFailure = 'refused' | 'tls' | 'reset' | 'timeout' | 'aborted' | 'closed' | 'oversized';

/** The API server sent no response, or an incomplete one. */
export class TransportError extends ServingError {
  static override readonly kind = 'TransportError';
  /** The failure, which determines whether the request may have been executed. */
  readonly kind: TransportFailure;
  /** Whether the server may have executed the request. */
  readonly sent: boolean;
  private readonly detail: string;

  /** `subject` is the address while thrown by a transport, and the object once the client knows it. */
  constructor(kind: TransportFailure, detail: string, subject: string, sent: boolean) {
    const remedy =
      kind === 'tls' ? 'Check certificate-authority and tls-server-name.' : 'Check that the API server can be reached.';
    super([{ code: 'API_UNREACHABLE', subject, message: `${WORDS[kind]}: ${detail}`, remedy }]);
    this.kind = kind;
    this.sent = sent;
    this.detail = detail;
  }

  /** The same failure, with an object as subject: `apply Deployment/fraud-model`. */
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

/** One field that the API server rejects. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  /** `.spec.replicas` of a conflict, `spec.selector` of an invalid object. */
  readonly field?: string;
}

/** The API server's response to a refused request, `kind: Status`. */
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
  /** The server's message. Values of a Secret are masked. */
  readonly text: string;
  readonly causes: readonly StatusCause[];
  readonly details: StatusBody['details'];
  /**
   * An earlier attempt of the same request was interrupted and may have been executed. A 409 (or a delete's 404) may then result
   * from that attempt: read the object before trusting it.
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

  /** The object is not the one that was seen: different uid or resourceVersion, gone, or already there. */
  get stale(): boolean {
    if (this.status === 409) return !this.fieldConflict;
    // The response to a wrong uid in an apply when an object exists.
    return this.status === 422 && this.causes.some(({ field }) => field === 'metadata.uid');
  }

  /** Fields belong to other managers; `causes` has one entry each: `conflict with "kubectl" using apps/v1`, `.spec.replicas`. */
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

/** The Status in a response; proxies and unknown paths respond without one, and their first words become the message. */
export function parseStatus(text: string, redact = (words: string): string => words): StatusBody {
  try {
    const body: unknown = JSON.parse(text, (_, value) => (typeof value === 'string' ? redact(value) : value));
    if (isStatus(body)) return sound(body);
  } catch {
    // no JSON: below
  }
  return { message: redact(text.trim()).slice(0, 200) };
}

/** A Status with fields of the expected types; an aggregated API may respond with anything. */
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
