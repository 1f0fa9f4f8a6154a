import type { TransportRequest } from '../../client/transport';

/** A parsed request. */
export interface ApiRequest {
  readonly method: TransportRequest['method'];
  readonly path: string;
  /** Its target; undefined for `/version` and other paths that are not resources. */
  readonly target?: Target;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Target {
  /** `apps/v1`, `v1` */
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
  readonly subresource: string;
}

/** Parses a transport's request. */
export function parseRequest(request: TransportRequest): ApiRequest {
  const mark = request.path.indexOf('?');
  const path = mark < 0 ? request.path : request.path.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : request.path.slice(mark + 1));
  const target = parseTarget(path);
  const { method, headers = {}, body = '' } = request;
  return { method, path, query, headers, body, ...(target === undefined ? {} : { target }) };
}

function parseTarget(path: string): Target | undefined {
  const [root, ...parts] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  if (root !== 'api' && root !== 'apis') return undefined;
  const groupParts = root === 'api' ? 1 : 2;
  const apiVersion = parts.slice(0, groupParts).join('/');
  let rest = parts.slice(groupParts);
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 2 && !(rest.length === 3 && ['status', 'finalize'].includes(rest[2] ?? ''))) {
    namespace = rest[1] ?? '';
    rest = rest.slice(2);
  }
  const [plural, name = '', ...subresource] = rest;
  if (plural === undefined) return undefined;
  return { apiVersion, plural, namespace, name, subresource: subresource.join('/') };
}

/** The writer: `fieldManager`, or the start of the user agent. */
export function managerOf(request: ApiRequest): string {
  const agent = request.headers['user-agent'] ?? '';
  return request.query.get('fieldManager') ?? (agent.split('/')[0] || 'unknown');
}

/** Whether the result must not be stored. */
export const isDryRun = (request: ApiRequest): boolean => request.query.getAll('dryRun').includes('All');
