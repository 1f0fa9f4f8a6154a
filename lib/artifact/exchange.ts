import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';

/** One HTTP request to a registry. */
export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** A registry's response. */
export interface RegistryResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** Why there is no response. */
export class ExchangeError extends Error {
  /**
   * - `lost`: the connection failed and another attempt may succeed
   * - `tls`: the certificate is not trusted
   * - `plain`: the server does not speak TLS
   * - `large`: the response exceeds the limit
   */
  readonly kind: 'lost' | 'tls' | 'plain' | 'large';

  constructor(kind: ExchangeError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Sends requests; tests may pass their own. */
export type Exchange = (request: RegistryRequest, largest: number) => Promise<RegistryResponse>;

/** A request ends after this time without data. */
const IDLE_MS = 30_000;
/** Maximum duration of a request, even if data arrives slowly. */
const LONGEST_MS = 300_000;

/** Sends requests over HTTPS, trusting the given certificate authorities; over HTTP for http URLs. */
export function networkExchange(ca?: readonly string[]): { readonly exchange: Exchange; readonly close: () => void } {
  const secure = new Agent({ keepAlive: true, maxSockets: 4, ...(ca === undefined ? {} : { ca: [...ca] }) });
  const plain = new PlainAgent({ keepAlive: true, maxSockets: 4 });
  return {
    exchange: (wanted, largest) =>
      new Promise((resolve, reject) => {
        const { url, method, body } = wanted;
        const headers = { ...wanted.headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) };
        const options = { method, headers, timeout: IDLE_MS };
        const sent =
          url.protocol === 'http:'
            ? plainRequest(url, { ...options, agent: plain })
            : request(url, { ...options, agent: secure });
        const ceiling = setTimeout(() => sent.destroy(new ExchangeError('lost', 'took too long')), LONGEST_MS);
        const fail = (error: Error) => {
          clearTimeout(ceiling);
          reject(error instanceof ExchangeError ? error : classify(error));
        };
        sent.on('timeout', () => sent.destroy(new ExchangeError('lost', 'sent nothing for 30 s')));
        sent.on('error', fail);
        sent.on('response', (response) => {
          collect(response, largest).then((content) => {
            clearTimeout(ceiling);
            resolve({ status: response.statusCode ?? 0, headers: flat(response), body: content });
          }, fail);
        });
        sent.end(body);
      }),
    close: () => {
      secure.destroy();
      plain.destroy();
    },
  };
}

async function collect(response: IncomingMessage, largest: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) {
      response.destroy();
      throw new ExchangeError('large', `more than ${largest} bytes`);
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw new ExchangeError('lost', 'the response was cut off');
  return Buffer.concat(chunks);
}

function flat({ headers }: IncomingMessage): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value] as const),
  );
}

const TLS_CODE = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|ERR_TLS|HOSTNAME_MISMATCH|ERR_SSL)/;

function classify(error: Error): ExchangeError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Node.js 20 reports EPROTO, with OpenSSL's reason only in the message.
  if (/wrong version number|packet length too long/i.test(error.message)) return new ExchangeError('plain', 'does not speak TLS');
  if (TLS_CODE.test(code)) return new ExchangeError('tls', code);
  return new ExchangeError('lost', code === '' ? error.message : code);
}
