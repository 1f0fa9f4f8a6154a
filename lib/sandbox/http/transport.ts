import { Failure } from '../../api-schema/failure';
import type { Transport, TransportRequest, TransportResponse } from '../../client/transport';
import type { World } from '../core/world';
import { respond } from './respond';
import { handle } from './server';

/** Fault that a hook injects in place of a response. */
export type Fault =
  /** A response of the server: `{ status: 429, retryAfter: 1 }`. */
  | { readonly status: number; readonly reason?: string; readonly message?: string; readonly retryAfter?: number }
  /** The connection is reset. Before the request, nothing has happened; after it, the change is stored without a response. */
  | 'reset'
  /** No response until the caller gives up. */
  | 'timeout';

/** A request, before the server receives it and after it has responded. */
export interface Call {
  /** Counts from 1, per transport. */
  readonly number: number;
  readonly phase: 'before' | 'after';
  readonly request: TransportRequest;
  /** Only after the response. */
  readonly response?: TransportResponse;
}

/** Called twice per request. It may perform other actions, return a fault, or throw an error, which the caller gets. */
export type Hook = (call: Call) => Fault | undefined | Promise<Fault | undefined>;

/** Creates the error for a request without a response. */
export type NetworkError = (kind: 'reset' | 'timeout' | 'aborted' | 'closed', sent: boolean) => Error;

/** A transport to the in-memory server. Several can be opened: one per process that a test simulates. */
export class SandboxTransport implements Transport {
  private readonly world: World;
  private readonly hooks: ReadonlySet<Hook>;
  private readonly networkError: NetworkError;
  private calls = 0;
  private closed = false;

  constructor(world: World, hooks: ReadonlySet<Hook>, networkError: NetworkError) {
    this.world = world;
    this.hooks = hooks;
    this.networkError = networkError;
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    if (this.closed) throw this.networkError('closed', false);
    if (request.signal?.aborted === true) throw this.networkError('aborted', false);
    const number = ++this.calls;
    for (const hook of this.hooks) {
      const fault = await hook({ number, phase: 'before', request });
      if (fault !== undefined) return this.fail(fault, request, false);
    }
    const response = handle(this.world, request);
    for (const hook of this.hooks) {
      const fault = await hook({ number, phase: 'after', request, response });
      if (fault !== undefined) return this.fail(fault, request, true);
    }
    return response;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private fail(fault: Fault, request: TransportRequest, sent: boolean): TransportResponse | Promise<TransportResponse> {
    if (fault === 'reset') throw this.networkError('reset', sent);
    if (fault === 'timeout') {
      const { signal } = request;
      return new Promise((_, reject) => {
        const giveUp = () => reject(this.networkError('timeout', sent));
        if (signal?.aborted === true) giveUp();
        signal?.addEventListener('abort', giveUp, { once: true });
      });
    }
    const { status, reason = REASONS[status] ?? '', message = `fault: ${status}`, retryAfter } = fault;
    const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    return respond(status, JSON.stringify(new Failure(status, reason, message).status), headers);
  }
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  409: 'Conflict',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};
