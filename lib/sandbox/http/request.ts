import type { TransportRequest } from '../../client/transport';

/** A request, taken apart. */
export interface ApiRequest {
  readonly method: TransportRequest['method'];
  readonly path: string;
  /** Where it goes to, or nothing for `/version` and other paths that are no resource. */
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

/** Takes a transport's request apart. */
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

/** Who writes: `fieldManager`, or what the user agent begins with. */
export function managerOf(request: ApiRequest): string {
  const agent = request.headers['user-agent'] ?? '';
  return request.query.get('fieldManager') ?? (agent.split('/')[0] || 'unknown');
}

/** Whether the answer may not be stored. */
export const isDryRun = (request: ApiRequest): boolean => request.query.getAll('dryRun').includes('All');
