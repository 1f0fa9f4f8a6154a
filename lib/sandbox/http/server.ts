import { Failure, methodNotAllowed, noSuchResource, notFound, notModelled, resourceName } from '../../api-schema/failure';
import type { KindSchema } from '../../api-schema/schema';
import type { TransportRequest, TransportResponse } from '../../client/transport';
import { at, type Obj } from '../../kube/fields';
import { groupOf } from '../../kube/object';
import { scaleOf } from '../core/scale';
import type { World } from '../core/world';
import { isAllowed, reviewAccess, reviewRules } from './access';
import { parseObject } from './body';
import { discover, modelledSubresources } from './discovery';
import { listText } from './list';
import { readLogs } from './logs';
import { openApi } from './openapi';
import { type ApiRequest, parseRequest, type Target } from './request';
import { respond, respondJson } from './respond';
import { watch } from './watch';
import { create, patch, remove, removeAll, replace } from './writes';

/** Handles one request like a Kubernetes API server. A failure is a response too. */
export function handle(world: World, raw: TransportRequest): TransportResponse {
  try {
    return route(world, parseRequest(raw), raw.signal);
  } catch (error) {
    if (error instanceof Failure) return respond(error.code, `${JSON.stringify(error.status)}\n`);
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return respondJson(500, new Failure(500, 'InternalError', `Internal error of the sandbox: ${text}`).status);
  }
}

function route(world: World, request: ApiRequest, signal: AbortSignal | undefined): TransportResponse {
  const { target, path, method } = request;
  if (method === 'GET') {
    if (['/readyz', '/livez', '/healthz'].includes(path)) return respond(200, 'ok', { 'content-type': 'text/plain' });
    const found = discover(world.registry, path, request.headers.accept ?? '') ?? openApi(world.registry, path);
    if (found !== undefined) return respondJson(200, found, discoveryType(found));
  }
  if (/protobuf|cbor/.test(request.headers['content-type'] ?? '')) {
    const message = 'the body of the request was in an unknown format - accepted media types include: application/json';
    throw new Failure(415, 'UnsupportedMediaType', message);
  }
  if (target === undefined) return respond(404, '404 page not found\n', { 'content-type': 'text/plain; charset=utf-8' });
  if (!world.registry.knowsGroup(target.apiVersion))
    return respond(404, '404 page not found\n', { 'content-type': 'text/plain; charset=utf-8' });
  const kind = world.registry.resolve(target.apiVersion, target.plural);
  if (kind.namespaced && target.namespace === '' && (target.name !== '' || method !== 'GET')) {
    if (!kind.kind.startsWith('SelfSubject')) throw target.name === '' ? methodNotAllowed() : noSuchResource();
  }
  authorize(world, kind, target, request);
  if (target.subresource !== '') return onSubresource(world, kind, target, request);
  if (target.name === '') return onCollection(world, kind, request, signal);
  return onObject(world, kind, target, request, signal);
}

function discoveryType(found: Obj): Record<string, string> {
  if (found.kind !== 'APIGroupDiscoveryList') return {};
  return { 'content-type': 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
}

function onCollection(world: World, kind: KindSchema, request: ApiRequest, signal: AbortSignal | undefined): TransportResponse {
  switch (request.method) {
    case 'GET':
      if (!kind.verbs.includes('list')) throw methodNotAllowed();
      if (isWatch(request)) return watch(world, kind, request, signal);
      return respond(200, listText(world, kind, request));
    case 'POST': {
      if (kind.kind === 'SelfSubjectAccessReview')
        return respondJson(201, reviewAccess(world, parseObject(request.body, kind.kind)));
      if (kind.kind === 'SelfSubjectRulesReview')
        return respondJson(201, reviewRules(world, parseObject(request.body, kind.kind)));
      return create(world, kind, request);
    }
    case 'DELETE':
      return removeAll(world, kind, request);
    default:
      throw methodNotAllowed();
  }
}

const isWatch = (request: ApiRequest): boolean => ['1', 'true'].includes(request.query.get('watch') ?? '');

function onObject(
  world: World,
  kind: KindSchema,
  target: Target,
  request: ApiRequest,
  signal: AbortSignal | undefined,
): TransportResponse {
  switch (request.method) {
    case 'GET':
      if (isWatch(request)) return watch(world, kind, request, signal);
      return respondJson(200, mustFind(world, kind, target));
    case 'PUT':
      return replace(world, kind, target, request);
    case 'PATCH':
      return patch(world, kind, target, request);
    case 'DELETE':
      return remove(world, kind, target, request);
    default:
      throw methodNotAllowed();
  }
}

function onSubresource(world: World, kind: KindSchema, target: Target, request: ApiRequest): TransportResponse {
  const name = target.subresource;
  if (!kind.subresources.includes(name)) throw noSuchResource();
  if (!modelledSubresources(kind).includes(name)) throw notModelled(`the sub-resource ${resourceName(kind)}/${name}`);
  const { method } = request;
  if (name === 'log') {
    if (method !== 'GET') throw methodNotAllowed();
    if (request.query.get('follow') === 'true') throw notModelled('following a log');
    return readLogs(world, mustFind(world, kind, target), request);
  }
  if (method === 'GET') {
    const found = mustFind(world, kind, target);
    return respondJson(200, name === 'scale' ? scaleOf(found) : found);
  }
  if (method === 'PUT') return replace(world, kind, target, request);
  if (method === 'PATCH') return patch(world, kind, target, request);
  throw methodNotAllowed();
}

/** Returns the stored object, or throws 404. */
function mustFind(world: World, kind: KindSchema, target: Target): Obj {
  const found = world.store.get(kind, kind.namespaced ? target.namespace : '', target.name);
  if (found === undefined) throw notFound(kind, target.name);
  return found;
}

function authorize(world: World, kind: KindSchema, target: Target, request: ApiRequest): void {
  if (kind.kind.startsWith('SelfSubject')) return;
  const group = groupOf(kind.apiVersion);
  const resource = `${kind.plural}${target.subresource === '' ? '' : `/${target.subresource}`}`;
  const verb = verbOf(world, kind, target, request);
  const { namespace, name } = target;
  if (isAllowed(world.rules, { verb, group, resource, namespace, name })) return;
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const shown = group === '' ? resource : `${kind.plural}.${group}`;
  const message = `${shown}${name === '' ? '' : ` "${name}"`} is forbidden: User "sandbox" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`;
  throw new Failure(403, 'Forbidden', message, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: kind.plural,
  });
}

function verbOf(world: World, kind: KindSchema, { namespace, name }: Target, request: ApiRequest): string {
  const one = name !== '';
  const verbs = {
    GET: isWatch(request) ? 'watch' : one ? 'get' : 'list',
    POST: 'create',
    PUT: 'update',
    PATCH: 'patch',
    DELETE: one ? 'delete' : 'deletecollection',
  };
  const applies = request.method === 'PATCH' && (request.headers['content-type'] ?? '').includes('apply-patch');
  const exists = applies && at(world.store.get(kind, namespace, name), 'metadata') !== undefined;
  return applies &&
    !exists &&
    !isAllowed(world.rules, { verb: 'create', group: groupOf(kind.apiVersion), resource: kind.plural, namespace, name })
    ? 'create'
    : verbs[request.method];
}
