import { decode } from '../../api-schema/decode';
import { badRequest, conflict, Failure, methodNotAllowed, notFound, unsupported } from '../../api-schema/failure';
import { isObj, withAt } from '../../api-schema/json';
import type { KindSchema } from '../../api-schema/schema';
import type { TransportResponse } from '../../client/transport';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { scaleOf, withScale } from '../core/scale';
import type { World } from '../core/world';
import { jsonPatch, mergePatch } from '../patch/patches';
import { strategicPatch } from '../patch/strategic';
import { applyObject } from '../write/apply';
import type { WriteContext } from '../write/context';
import { createObject, placeInNamespace } from '../write/create';
import { type DeleteRequest, deleteObject } from '../write/delete';
import { updateObject } from '../write/update';
import { duplicateFields, parseApply, parseObject, tryJson } from './body';
import { select, selection } from './list';
import { type ApiRequest, isDryRun, managerOf, type Target } from './request';
import { respond, respondJson, textOf } from './respond';

type Warnings = string[];

/** Kinds that a PUT creates if they do not exist. */
const CREATED_BY_PUT = new Set([
  'Lease',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'Service',
  'Endpoints',
  'Event',
  'LimitRange',
]);

function contextOf(request: ApiRequest): WriteContext {
  return { manager: managerOf(request), dryRun: isDryRun(request), subresource: request.target?.subresource ?? '' };
}

/** POST. */
export function create(world: World, kind: KindSchema, request: ApiRequest): TransportResponse {
  if (!kind.verbs.includes('create')) throw methodNotAllowed();
  checkOptions(request, 'CreateOptions');
  const warnings: Warnings = [];
  const object = readBody(world, kind, request, warnings);
  const placed = placeInNamespace(kind, object, request.target?.namespace ?? '');
  if (textOrEmpty(placed, 'metadata', 'resourceVersion') !== '')
    throw new Failure(500, '', 'resourceVersion should not be set on objects to be created');
  return answer(201, createObject(world, kind, placed, contextOf(request)), warnings);
}

/** PUT. */
export function replace(world: World, kind: KindSchema, target: Target, request: ApiRequest): TransportResponse {
  checkOptions(request, 'UpdateOptions');
  const warnings: Warnings = [];
  const scaling = target.subresource === 'scale';
  const sent = scaling ? parseObject(request.body, 'Scale') : readBody(world, kind, request, warnings);
  const name = textOrEmpty(sent, 'metadata', 'name');
  if (name === '') throw badRequest('name must be provided');
  if (name !== target.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name})`);
  const placed = placeInNamespace(kind, sent, target.namespace);
  const before = existing(world, kind, target);
  if (before === undefined && CREATED_BY_PUT.has(kind.kind) && !scaling) {
    checkUid(kind, target, {}, placed);
    return answer(201, createObject(world, kind, placed, contextOf(request)), warnings);
  }
  if (before === undefined) throw notFound(kind, target.name);
  checkUid(kind, target, before, sent);
  const next = scaling ? withScale(before, placed) : placed;
  const stored = updateObject(world, kind, before, next, contextOf(request));
  return answer(200, scaling ? scaleOf(stored) : stored, warnings);
}

/** PATCH, of all four types. */
export function patch(world: World, kind: KindSchema, target: Target, request: ApiRequest): TransportResponse {
  checkOptions(request, 'PatchOptions');
  const type = (request.headers['content-type'] ?? '').split(';')[0];
  if (type === 'application/apply-patch+yaml') return apply(world, kind, target, request);
  const before = existing(world, kind, target);
  if (
    !['application/merge-patch+json', 'application/json-patch+json', 'application/strategic-merge-patch+json'].includes(
      type ?? '',
    )
  ) {
    throw new Failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  }
  if (before === undefined) throw notFound(kind, target.name);
  const change = tryJson(request.body);
  if (change === undefined) throw badRequest('error decoding patch: invalid JSON');
  const scaling = target.subresource === 'scale';
  const from = scaling ? scaleOf(before) : before;
  const patched =
    type === 'application/json-patch+json'
      ? jsonPatch(from, change)
      : type === 'application/merge-patch+json'
        ? mergePatch(from, change)
        : strategicPatch(from, change, kind.type);
  if (!isObj(patched)) throw badRequest('error decoding patch: it is not an object');
  const warnings: Warnings = [];
  const next = scaling ? withScale(before, patched) : decodeInto(kind, patched, request, warnings, true);
  if (textOrEmpty(next, 'metadata', 'name') !== target.name) {
    throw badRequest(
      `the name of the object (${textOrEmpty(next, 'metadata', 'name')}) does not match the name on the URL (${target.name})`,
    );
  }
  const stored = updateObject(world, kind, before, next, contextOf(request));
  return answer(200, scaling ? scaleOf(stored) : stored, warnings);
}

function apply(world: World, kind: KindSchema, target: Target, request: ApiRequest): TransportResponse {
  if (request.query.get('fieldManager') === null) {
    const field = 'fieldManager: Required value: is required for apply patch';
    const causes = [
      { reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' },
    ];
    throw new Failure(422, 'Invalid', `PatchOptions.meta.k8s.io "" is invalid: ${field}`, {
      group: 'meta.k8s.io',
      kind: 'PatchOptions',
      causes,
    });
  }
  const config = parseApply(request.body);
  const strict = request.query.get('fieldValidation') === 'Strict';
  const twice = strict ? duplicateFields(request.body) : [];
  const [duplicateField] = twice;
  if (duplicateField !== undefined) {
    const key = duplicateField.slice(duplicateField.lastIndexOf('.') + 1);
    throw badRequest(
      `error decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 1: key "${key}" already set in map`,
    );
  }
  const sent = `${textOrEmpty(config, 'apiVersion')} ${textOrEmpty(config, 'kind')}`;
  if (sent !== `${kind.apiVersion} ${kind.kind}`) {
    const version = textOrEmpty(config, 'apiVersion');
    throw badRequest(
      `invalid object type: ${version.includes('/') ? version : `/${version}`}, Kind=${textOrEmpty(config, 'kind')}`,
    );
  }
  const name = textOrEmpty(config, 'metadata', 'name');
  if (name !== '' && name !== target.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name})`);
  const own = textOrEmpty(config, 'metadata', 'namespace');
  if (kind.namespaced && own !== '' && own !== target.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const place = { namespace: kind.namespaced ? target.namespace : '', name: target.name };
  const result = applyObject(world, kind, place, config, contextOf(request), request.query.get('force') === 'true');
  return answer(result.created ? 201 : 200, result.object, []);
}

/** DELETE of one object. */
export function remove(world: World, kind: KindSchema, target: Target, request: ApiRequest): TransportResponse {
  const options = deleteOptions(request);
  const object = existing(world, kind, target);
  if (object === undefined) throw notFound(kind, target.name);
  return respondJson(200, deleteObject(world, kind, object, options));
}

/** DELETE of a collection. */
export function removeAll(world: World, kind: KindSchema, request: ApiRequest): TransportResponse {
  const options = deleteOptions(request);
  const objects = select(world, kind, selection(kind, request));
  for (const object of objects) deleteObject(world, kind, object, options);
  const metadata = JSON.stringify({ resourceVersion: String(world.store.revision) });
  return respond(
    200,
    `{"kind":"${kind.kind}List","apiVersion":"${kind.apiVersion}","metadata":${metadata},"items":[${objects.map(textOf).join(',')}]}`,
  );
}

function deleteOptions(request: ApiRequest): DeleteRequest {
  checkOptions(request, 'DeleteOptions');
  const body = request.body === '' ? {} : parseObject(request.body, 'DeleteOptions');
  const propagation = textOrEmpty(body, 'propagationPolicy') || request.query.get('propagationPolicy') || '';
  const allowed = ['Foreground', 'Background', 'Orphan', 'nil'];
  if (propagation !== '' && !allowed.includes(propagation))
    throw optionFailure('DeleteOptions', 'propagationPolicy', propagation, allowed);
  const uid = textOrEmpty(body, 'preconditions', 'uid');
  const resourceVersion = textOrEmpty(body, 'preconditions', 'resourceVersion');
  const grace =
    numberAt(body, 'gracePeriodSeconds') ??
    (request.query.has('gracePeriodSeconds') ? Number(request.query.get('gracePeriodSeconds')) : undefined);
  return {
    dryRun: isDryRun(request) || (Array.isArray(body.dryRun) && body.dryRun.includes('All')),
    ...(propagation === '' ? {} : { propagation }),
    ...(uid === '' ? {} : { uid }),
    ...(resourceVersion === '' ? {} : { resourceVersion }),
    ...(grace === undefined ? {} : { gracePeriodSeconds: Math.max(0, grace) }),
  };
}

function existing(world: World, kind: KindSchema, target: Target): Obj | undefined {
  return world.store.get(kind, kind.namespaced ? target.namespace : '', target.name);
}

function checkUid(kind: KindSchema, target: Target, before: Obj, sent: Obj): void {
  const [uid, own] = [textOrEmpty(sent, 'metadata', 'uid'), textOrEmpty(before, 'metadata', 'uid')];
  if (uid === '' || uid === own) return;
  const table = kind.kind === 'Service' ? 'services/specs' : kind.kind === 'Ingress' ? 'ingress' : kind.plural;
  const path = `/registry/${table}/${kind.namespaced ? `${target.namespace}/` : ''}${target.name}`;
  const why = `StorageError: invalid object, Code: 4, Key: ${path}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${own}`;
  throw conflict(kind, target.name, why);
}

function readBody(world: World, kind: KindSchema, request: ApiRequest, warnings: Warnings): Obj {
  const sent = parseObject(request.body, kind.kind);
  const [apiVersion, name] = [textOrEmpty(sent, 'apiVersion') || kind.apiVersion, textOrEmpty(sent, 'kind') || kind.kind];
  if (apiVersion !== kind.apiVersion || name !== kind.kind) {
    const version = apiVersion.split('/').at(-1);
    const group = kind.apiVersion.includes('/') ? kind.apiVersion.split(/[./]/)[0] : 'core';
    const why =
      world.registry.find(apiVersion, name) !== undefined
        ? `converting (${version}.${name}) to (${group}.${kind.kind}): unknown conversion`
        : `no kind "${name}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`;
    throw badRequest(`${name} in version "${version}" cannot be handled as a ${kind.kind}: ${why}`);
  }
  return decodeInto(kind, sent, request, warnings, false);
}

function decodeInto(kind: KindSchema, sent: Obj, request: ApiRequest, warnings: Warnings, isPatch: boolean): Obj {
  const decoded = decode(sent, kind.type);
  const strictness = request.query.get('fieldValidation') ?? 'Warn';
  const version = kind.apiVersion.split('/').at(-1);
  const refuse = (why: string): Failure => {
    if (!isPatch) return badRequest(`${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: ${why}`);
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(sent))}: ${why}`;
    return new Failure(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
      causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
    });
  };
  if (decoded.mismatch !== undefined) throw refuse(decoded.mismatch);
  const strictErrors = [
    ...(isPatch || strictness === 'Ignore' ? [] : duplicateFields(request.body).map((field) => `duplicate field "${field}"`)),
    ...decoded.unknown.map((field) => `unknown field "${field}"`),
  ];
  if (strictErrors.length > 0 && strictness === 'Strict') throw refuse(`strict decoding error: ${strictErrors.join(', ')}`);
  if (strictness === 'Warn') warnings.push(...strictErrors);
  return withAt(withAt(decoded.value, ['apiVersion'], kind.apiVersion), ['kind'], kind.kind);
}

function checkOptions(request: ApiRequest, kind: string): void {
  const dryRun = request.query.getAll('dryRun');
  if (dryRun.length > 0 && !dryRun.includes('All')) {
    const message = `Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`;
    throw optionStatus(kind, 'dryRun', message);
  }
}

function optionFailure(kind: string, field: string, value: string, allowed: readonly string[]): Failure {
  return optionStatus(kind, field, unsupported(field, value, allowed).message);
}

function optionStatus(kind: string, field: string, message: string): Failure {
  const causes = [{ reason: 'FieldValueNotSupported', message, field }];
  return new Failure(422, 'Invalid', `${kind}.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    group: 'meta.k8s.io',
    kind,
    causes,
  });
}

function answer(status: number, object: Obj, warnings: Warnings): TransportResponse {
  const headers = warnings.length === 0 ? {} : { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') };
  return respondJson(status, object, headers);
}
