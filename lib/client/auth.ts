import { ServingError } from '../errors/problem';
import type { Clock } from './clock';
import type { AuthConfig } from './connection';
import { defined } from './defined';
import { TransportError } from './errors';
import { type ExecAnswer, runExecPlugin } from './exec';
import { readText } from './kubeconfig';
import type { Transport } from './transport';

/** The credentials of a request, and of its TLS session. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly cert?: string;
  readonly key?: string;
}

/** Credentials that may change while a release runs. */
export interface Authenticator {
  /** The current credentials; `fresh` when the server has just rejected the previous ones. */
  credentials(fresh?: boolean): Promise<Credentials>;
  /** Whether fresh credentials can differ. */
  readonly renewable: boolean;
}

/** Token files are read again after this time; the kubelet renews them at 80% of their lifetime, minutes before they expire. */
const TOKEN_FILE_MS = 10_000;
/** A plugin's credentials are renewed this long before they expire, so that they do not expire in transit. */
const LEEWAY_MS = 10_000;

/** Credentials as set in a kubeconfig. Plugins run once, however many requests wait for them. */
export function authenticator(config: AuthConfig, clock: Clock): Authenticator {
  const { exec, tokenFile, cert, key, impersonate } = config;
  const headers = { ...headersOf(config), ...defined({ 'impersonate-user': impersonate }) };
  const base = { ...defined({ cert, key }), headers };
  if (tokenFile !== undefined) {
    let read = Number.NEGATIVE_INFINITY;
    let token = '';
    return {
      renewable: true,
      credentials: async (fresh = false) => {
        if (fresh || clock.now() - read >= TOKEN_FILE_MS) {
          token = readText(tokenFile).trim();
          read = clock.now();
        }
        return { ...base, headers: { ...headers, authorization: `Bearer ${sound(token)}` } };
      },
    };
  }
  if (exec === undefined || 'authorization' in headers) return { renewable: false, credentials: async () => base };

  let answer: Promise<ExecAnswer> | undefined;
  let settled: ExecAnswer | undefined;
  const run = () => {
    settled = undefined;
    answer = runExecPlugin(exec).then((got) => {
      settled = got;
      return got;
    });
    // A failed run is not cached: the next request tries again.
    answer.catch(() => {
      answer = undefined;
    });
    return answer;
  };
  return {
    renewable: true,
    credentials: async (fresh = false) => {
      const stale = settled !== undefined && (fresh || (settled.expires ?? Number.POSITIVE_INFINITY) - LEEWAY_MS <= clock.now());
      const { token, cert, key } = await (answer === undefined || stale ? run() : answer);
      return { ...base, ...defined({ cert, key }), headers: { ...headers, ...headersOf(defined({ token })) } };
    },
  };
}

/** Checks that a header can carry a token; the error does not quote it. */
function sound(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const message = 'the token is empty, or holds a line break or another character that no token has';
  throw new ServingError([
    { code: 'KUBECONFIG_INVALID', subject: 'token', message, remedy: 'Log in again, or correct the token.' },
  ]);
}

function headersOf({ token, basic }: AuthConfig): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${sound(token)}` };
  if (basic === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}` };
}

/**
 * A transport whose requests carry credentials, renewed once when the server responds with 401.
 * `open` is called again when the client certificate has changed, since a TLS session keeps its initial one.
 */
export function authenticated(auth: Authenticator, open: (tls: Pick<Credentials, 'cert' | 'key'>) => Transport): Transport {
  // By certificate; old ones stay open until the end, for requests still in progress.
  const opened = new Map<string | undefined, Transport>();
  // Requests sent before a renewal and rejected after it use the renewed credentials.
  let renewals = 0;
  let closed = false;
  const transportFor = (credentials: Credentials): Transport => {
    if (closed) throw new TransportError('closed', 'no more requests', 'API server', false);
    const transport = opened.get(credentials.cert) ?? open(credentials);
    opened.set(credentials.cert, transport);
    return transport;
  };
  return {
    async send(request) {
      const send = (credentials: Credentials) =>
        transportFor(credentials).send({ ...request, headers: { ...request.headers, ...credentials.headers } });
      const before = renewals;
      const response = await send(await auth.credentials());
      if (response.status !== 401 || !auth.renewable) return response;
      for await (const _ of response.body);
      const first = renewals === before;
      if (first) renewals++;
      return send(await auth.credentials(first));
    },
    async close() {
      closed = true;
      await Promise.all([...opened.values()].map((transport) => transport.close()));
    },
  };
}
