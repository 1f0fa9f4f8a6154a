/**
 * The interface between the client and its server: a real API server over HTTP/2, or the in-memory sandbox.
 * A transport sends one request and does not know about Kubernetes objects, retries or watches.
 */
export interface Transport {
  /** Sends one request. Rejects only when there is no response (`TransportError`); a 4xx or 5xx is a response. */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Closes connections. Requests in progress reject. */
  close(): Promise<void>;
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, `/api/v1/namespaces/default/pods?watch=1`. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Aborting rejects the request, or ends the stream of its body. */
  readonly signal?: AbortSignal;
}

export interface TransportResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it arrives; a watch yields until the server or the signal ends it. */
  readonly body: AsyncIterable<Uint8Array>;
}
