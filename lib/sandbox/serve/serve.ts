import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { Transport, TransportRequest } from '../../client/transport';
import { selfSigned } from './certificate';

/** A sandbox that is reachable over HTTPS. */
export interface Served {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** Content of a kubeconfig for it. */
  readonly kubeconfig: string;
  /** Stops the server. */
  close(): Promise<void>;
}

const METHODS: readonly TransportRequest['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const MOST_BYTES = 3 * 1024 * 1024;

/** Serves a sandbox on loopback (HTTP/2 and HTTP/1.1) with a newly created certificate and token. */
export async function serve(sandbox: { connect(): Transport }, options: { readonly port?: number } = {}): Promise<Served> {
  const { cert, key } = selfSigned();
  const token = randomBytes(24).toString('base64url');
  const transport = sandbox.connect();
  const server = createSecureServer({ cert, key, allowHTTP1: true }, (request, response) => {
    answer(transport, token, request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('connection', (socket) => {
    sessions.add(socket);
    socket.on('close', () => sessions.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const url = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    url,
    kubeconfig: kubeconfigOf(url, cert, token),
    close: async () => {
      await transport.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

function kubeconfigOf(server: string, cert: string, token: string): string {
  const authority = Buffer.from(cert).toString('base64');
  return [
    'apiVersion: v1',
    'kind: Config',
    'current-context: sandbox',
    `clusters: [{name: sandbox, cluster: {server: "${server}", certificate-authority-data: ${authority}}}]`,
    `users: [{name: sandbox, user: {token: ${token}}}]`,
    'contexts:',
    '- name: sandbox',
    '  context:',
    '    cluster: sandbox',
    '    user: sandbox',
    '    namespace: default',
    '    extensions: [{name: cdk8s-serving/sandbox, extension: {}}]',
    '',
  ].join('\n');
}

async function answer(
  transport: Transport,
  token: string,
  request: Http2ServerRequest,
  response: Http2ServerResponse,
): Promise<void> {
  const method = METHODS.find((candidate) => candidate === request.method);
  if (!isAuthorized(request.headers.authorization, token) || method === undefined) {
    const code = method === undefined ? 405 : 401;
    const reason = method === undefined ? 'MethodNotAllowed' : 'Unauthorized';
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: reason, reason, code }),
    );
    return;
  }
  const stop = new AbortController();
  response.on('close', () => stop.abort());
  const body = await readAll(request);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const sent = await transport.send({ method, path: request.url, headers, body, signal: stop.signal });
  response.writeHead(sent.status, { ...sent.headers });
  // A watch without events must still send its headers.
  if (response instanceof Object && 'flushHeaders' in response && typeof response.flushHeaders === 'function')
    response.flushHeaders();
  for await (const chunk of sent.body) {
    if (stop.signal.aborted) return;
    if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
  }
  response.end();
}

function isAuthorized(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readAll(request: Http2ServerRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_BYTES) throw new Error('the request is too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString();
}
