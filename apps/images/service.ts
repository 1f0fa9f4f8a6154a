import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as Listener } from 'node:net';

/** Response of a service. */
export interface Answer {
  /** @default 200 */
  readonly status?: number;
  readonly body: unknown;
}

/** Handles one request; `last` is the last part of its path. */
export type Route = (request: { readonly body: unknown; readonly last: string }) => Answer | Promise<Answer>;

/** Options for an HTTP service. */
export interface ServiceOptions {
  readonly port: number;
  /** By method and path, `POST /predict`; a path that ends in `/` matches everything below it. */
  readonly routes: Readonly<Record<string, Route>>;
  /** Whether the service is ready; used by `/health/ready`. */
  ready(): boolean;
  /** Additional lines of `/metrics`. */
  metrics?(): readonly string[];
  /** Milliseconds to keep idle connections after the stop, because clients may still use them. @default 5000 */
  readonly idleAtStopMs?: number;
}

/** Upper bounds of the latency histogram in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const LONGEST_BODY = 8 * 1024 * 1024;

/**
 * Starts a service with health routes and metrics. On SIGTERM it refuses new connections, responds to open requests, tells
 * callers with persistent connections to go elsewhere, and resolves when the last one is closed.
 */
export async function serve({ port, routes, ready, metrics = () => [], idleAtStopMs = 5_000 }: ServiceOptions): Promise<void> {
  const counts = new Map<string, number>();
  const buckets = new Array<number>(BUCKETS.length + 1).fill(0);
  let [inProgress, seconds, stopping] = [0, 0, false];

  const health = (good: boolean): Answer => ({ status: good ? 200 : 503, body: { ok: good } });
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/health/live') return health(true);
    if (path === '/health/ready') return health(ready());
    const cut = path.lastIndexOf('/') + 1;
    const route = routes[`${request.method} ${path}`] ?? routes[`${request.method} ${path.slice(0, cut)}`];
    if (route === undefined) return { status: 404, body: { error: `no route ${request.method} ${path}` } };
    const body = request.method === 'POST' ? JSON.parse(await textOf(request)) : undefined;
    return route({ body, last: decodeURIComponent(path.slice(cut)) });
  };
  const scrape = () => {
    const total = buckets.reduce((sum, count) => sum + count, 0);
    let below = 0;
    return [
      '# TYPE http_requests_in_progress gauge',
      `http_requests_in_progress ${inProgress}`,
      '# TYPE http_requests_total counter',
      ...[...counts].map(([labels, count]) => `http_requests_total{${labels}} ${count}`),
      '# TYPE http_request_duration_seconds histogram',
      ...[...BUCKETS, '+Inf'].map((end, i) => {
        below += buckets[i] ?? 0;
        return `http_request_duration_seconds_bucket{le="${end}"} ${below}`;
      }),
      `http_request_duration_seconds_sum ${seconds}`,
      `http_request_duration_seconds_count ${total}`,
      ...metrics(),
      '',
    ].join('\n');
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const send = (status: number, type: string, text: string) => {
      const close = stopping ? { Connection: 'close' } : {};
      response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text), ...close }).end(text);
    };
    if (request.url === '/metrics') return send(200, 'text/plain; version=0.0.4', scrape());
    const began = performance.now();
    inProgress++;
    const { status = 200, body } = await answer(request).catch((error: unknown) => failure(error));
    inProgress--;
    if (!request.url?.startsWith('/health/')) {
      const took = (performance.now() - began) / 1000;
      seconds += took;
      const bucket = BUCKETS.findIndex((end) => took <= end);
      const at = bucket === -1 ? BUCKETS.length : bucket;
      buckets[at] = (buckets[at] ?? 0) + 1;
      const labels = `method="${request.method}",status="${status}"`;
      counts.set(labels, (counts.get(labels) ?? 0) + 1);
    }
    send(status, 'application/json', JSON.stringify(body));
  };

  // Clients decide when to close persistent connections; this timeout is longer than that of clients and proxies.
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(port, resolve));
  log(`listening on ${port}`);
  await new Promise<void>((resolve) => process.once('SIGTERM', resolve));
  stopping = true;
  log('stopping');
  await stopped(server, idleAtStopMs);
  log('stopped');
}

/** The server's own close() drops idle connections at once, although a client may be sending; these get a last response. */
function stopped(server: Server, idleAtStopMs: number): Promise<void> {
  return new Promise((resolve) => {
    Listener.prototype.close.call(server, () => resolve());
    setTimeout(() => server.closeIdleConnections(), idleAtStopMs);
  });
}

function failure(error: unknown): Answer {
  const client = error instanceof SyntaxError || error instanceof TypeError;
  const message = error instanceof Error ? error.message : String(error);
  if (!client) log(message);
  return { status: client ? 400 : 500, body: { error: message } };
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LONGEST_BODY) throw new TypeError(`a request may have ${LONGEST_BODY} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Prints one line to a service's log. */
export function log(message: string): void {
  console.log(`${new Date().toISOString()} ${message}`);
}

/** Returns an environment variable that the service needs to start. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

/** Posts or gets JSON. Rejects without a response in time; the caller checks the status. */
export async function ask(
  url: string,
  body?: unknown,
  timeoutMs = 2_000,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const signal = AbortSignal.timeout(timeoutMs);
  const sent =
    body === undefined ? {} : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, { signal, ...sent });
  return { status: response.status, body: await response.json() };
}
