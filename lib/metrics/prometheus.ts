import type { AuthConfig, KubeApi, Transport } from '../client';
import { caller } from '../client/caller';
import { systemClock } from '../client/clock';
import { defined } from '../client/defined';
import { ApiError, TransportError } from '../client/errors';
import { networkTransport } from '../client/network';
import { type Problem, ServingError } from '../errors/problem';
import { fieldsAt, isFields, listAt, textAt } from '../kube/fields';
import type { MetricsSource, Sample } from './source';

/** Access to Prometheus from this machine, instead of the address in the manifests. */
export interface PrometheusAccess {
  /** URL of Prometheus. @default - a Service through the API server's proxy, any other host directly */
  readonly url?: string;
  /** Token, or client certificate and key as PEM; sent over https only. @default - none */
  readonly auth?: Pick<AuthConfig, 'token' | 'tokenFile' | 'cert' | 'key'>;
  /** PEM of the certificate authorities for its certificate. @default - those of the system */
  readonly ca?: string;
}

const DEADLINE_MS = 15_000;
const MOST_SERIES = 10_000;

/**
 * Prometheus as a metrics source. An address inside the cluster (`http://prometheus.monitoring:9090`) is reached through the API
 * server, as the current user, who needs `get` on `services/proxy`; credentials of `access` are sent to `access.url` only.
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries
 */
export function prometheus(address: string, api: Pick<KubeApi, 'service'>, access: PrometheusAccess = {}): MetricsSource {
  const service = access.url === undefined ? serviceOf(address) : undefined;
  const read =
    service === undefined
      ? direct(access.url ?? address, access)
      : (path: string, signal?: AbortSignal) => api.service(service, path, defined({ signal }));
  return {
    async query(promql, signal) {
      const search = new URLSearchParams({ query: promql, timeout: `${DEADLINE_MS / 1000}s` });
      const text = await read(`/api/v1/query?${search}`, signal).catch((error: unknown) => {
        throw unreachable(address, error);
      });
      return samplesOf(text, address);
    },
  };
}

/** A Service that only the cluster can resolve: `name.namespace`, optionally followed by `svc` and the cluster domain. */
export function serviceOf(address: string): Parameters<KubeApi['service']>[0] | undefined {
  const { protocol, hostname, port, pathname } = new URL(address);
  const [name = '', namespace = '', svc, ...domain] = hostname.split('.');
  const inside = namespace !== '' && (svc === 'svc' || (svc === undefined && !/^\d+$/.test(namespace)));
  if (!inside || (domain.length > 0 && domain.at(-1) !== 'local')) return undefined;
  const secure = protocol === 'https:';
  return { name, namespace, port: port === '' ? (secure ? 443 : 80) : Number(port), secure, path: pathname.replace(/\/$/, '') };
}

function direct(url: string, { auth = {}, ca }: PrometheusAccess): (path: string, signal?: AbortSignal) => Promise<string> {
  const { origin, pathname } = new URL(url);
  let transport: Transport | undefined;
  return async (path, signal) => {
    transport ??= networkTransport(
      { server: origin, namespace: '', context: 'prometheus', auth, ...defined({ ca }) },
      systemClock,
    );
    const calls = caller(transport, systemClock, { deadlineMs: DEADLINE_MS, retryMs: DEADLINE_MS });
    return calls.text({
      method: 'GET',
      path: `${pathname.replace(/\/$/, '')}${path}`,
      subject: 'query Prometheus',
      ...defined({ signal }),
    });
  };
}

/** The samples of a response: one per series, values as numbers. */
function samplesOf(text: string, address: string): readonly Sample[] {
  const body = parsed(text);
  const type = textAt(body, 'data', 'resultType');
  if (textAt(body, 'status') !== 'success')
    throw problem(address, textAt(body, 'error') ?? 'the response is not one of Prometheus');
  if (type === 'scalar') return [{ labels: {}, value: numberIn(listAt(body, 'data', 'result')) }];
  if (type !== 'vector') throw problem(address, `the query returns a ${type ?? 'value without a type'}, not a vector`);
  const result = listAt(body, 'data', 'result');
  if (result.length > MOST_SERIES) throw problem(address, `the query returns ${result.length} series`);
  return result.map((one) => ({ labels: textsOf(fieldsAt(one, 'metric')), value: numberIn(listAt(one, 'value')) }));
}

/** `[time, "value"]`, where the value may be `NaN` or `+Inf`. */
function numberIn([, value]: readonly unknown[]): number {
  if (value === '+Inf') return Number.POSITIVE_INFINITY;
  return value === '-Inf' ? Number.NEGATIVE_INFINITY : Number(value);
}

function textsOf(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function unreachable(address: string, error: unknown): unknown {
  if (error instanceof TransportError || error instanceof ApiError)
    return problem(address, `Prometheus does not respond: ${error.problems[0]?.message ?? error.message}`);
  return error;
}

function problem(address: string, message: string): ServingError {
  const remedy = 'Check the address, and that this user may get services/proxy; or pass --prometheus-url.';
  const found: Problem = { code: 'METRICS_UNAVAILABLE', subject: address, message, remedy };
  return new ServingError([found]);
}
