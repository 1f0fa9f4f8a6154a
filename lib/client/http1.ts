import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { defined } from './defined';
import { TransportError } from './errors';
import type { Transport, TransportRequest } from './transport';

/** Enough connections for a release's concurrent writes, and a few watches. */
const MAX_SOCKETS = 48;

/**
 * Keep-alive HTTP/1.1, for servers that do not speak HTTP/2 and for plain `http://` ones such as `kubectl proxy`.
 * @param open opens a TLS connection; absent for plain HTTP
 */
export function http1Transport(server: string, open?: () => Promise<Duplex>): Transport {
  const url = new URL(server);
  const prefix = url.pathname.replace(/\/$/, '');
  const options = { keepAlive: true, maxSockets: MAX_SOCKETS, scheduling: 'lifo' } as const;
  const agent = open === undefined ? new HttpAgent(options) : new HttpsAgent(options);
  if (open !== undefined) {
    Object.assign(agent, {
      createConnection: (_: unknown, done: (error: unknown, socket?: Duplex) => void) => {
        open().then((socket) => done(null, socket), done);
      },
    });
  }
  let closed = false;
  return {
    async send(request) {
      if (closed) throw new TransportError('closed', 'no more requests', server, false);
      const { method, path, headers, body, signal } = request;
      const send = open === undefined ? requestHttp : requestHttps;
      const target = { agent, method, path: prefix + path, headers: { ...headers }, ...defined({ signal }) };
      const sent = send(new URL(url.origin), target);
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        sent.once('response', resolve);
        sent.on('error', (error) => reject(failure(error, sent, request, server, closed)));
        sent.end(body);
      });
      const flat = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
      const ended = (error: unknown) => failure(error, sent, request, server, closed);
      return { status: response.statusCode ?? 0, headers: Object.fromEntries(flat), body: bodyOf(response, ended) };
    },
    async close() {
      closed = true;
      agent.destroy();
    },
  };
}

async function* bodyOf(response: IncomingMessage, failure: (error: unknown) => TransportError): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk;
  } catch (error) {
    throw failure(error);
  }
}

function failure(error: unknown, sent: ClientRequest, { signal }: TransportRequest, server: string, closed: boolean) {
  if (error instanceof TransportError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const detail = (error instanceof Error && error.message) || code;
  const unreached = !sent.reusedSocket && /^(ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EAI_AGAIN)$/.test(code);
  if (signal?.aborted) return new TransportError('aborted', 'by its caller', server, true);
  if (closed) return new TransportError('closed', 'with a request under way', server, true);
  return new TransportError(unreached ? 'refused' : 'reset', detail, server, !unreached);
}
