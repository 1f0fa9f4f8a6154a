import type { Obj } from '../kube/fields';
import { groupOf } from '../kube/object';
import type { KindSchema } from './schema';

/** One cause of an `Invalid` or of a field conflict. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** A request that the API server refuses: the Status in its response. */
export class Failure extends Error {
  readonly code: number;
  readonly status: Obj;

  constructor(code: number, reason: string, message: string, details?: Obj) {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === '' ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

/** `deployments.apps`: a resource as named in messages. */
export function resourceName(kind: KindSchema): string {
  const group = groupOf(kind.apiVersion);
  return group === '' ? kind.plural : `${kind.plural}.${group}`;
}

function details(kind: KindSchema, name: string, more: Obj = {}): Obj {
  const group = groupOf(kind.apiVersion);
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: kind.plural, ...more };
}

export const badRequest = (message: string): Failure => new Failure(400, 'BadRequest', message);

export const notFound = (kind: KindSchema, name: string): Failure =>
  new Failure(404, 'NotFound', `${resourceName(kind)} "${name}" not found`, details(kind, name));

export const noSuchResource = (): Failure => new Failure(404, 'NotFound', 'the server could not find the requested resource', {});

export const methodNotAllowed = (): Failure =>
  new Failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const notModelled = (what: string): Failure =>
  new Failure(501, 'NotImplemented', `${what} is not modelled by the sandbox`);

export const alreadyExists = (kind: KindSchema, name: string, deleting: boolean): Failure =>
  new Failure(
    409,
    'AlreadyExists',
    `${deleting ? 'object is being deleted: ' : ''}${resourceName(kind)} "${name}" already exists`,
    details(kind, name),
  );

export const conflict = (kind: KindSchema, name: string, message: string): Failure =>
  new Failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${message}`,
    details(kind, name),
  );

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export const forbidden = (kind: KindSchema, name: string, message: string): Failure =>
  new Failure(403, 'Forbidden', `${resourceName(kind)} "${name}" is forbidden: ${message}`, details(kind, name));

export const expired = (message: string): Failure => new Failure(410, 'Expired', message);

/** 422 with every cause, in the server's wording. */
export function invalid(kind: KindSchema, name: string, causes: readonly Cause[]): Failure {
  const group = groupOf(kind.apiVersion);
  const subject = group === '' ? kind.kind : `${kind.kind}.${group}`;
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new Failure(422, 'Invalid', `${subject} "${name}" is invalid: ${list}`, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: kind.kind,
    causes: causes.map((cause) => ({ reason: cause.reason, message: cause.message, field: cause.field })),
  });
}

export const required = (field: string, more = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: `Required value${more === '' ? '' : `: ${more}`}`,
  field,
});

export const invalidValue = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  field,
});

export const unsupported = (field: string, value: string, allowed: readonly string[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${allowed.map((item) => JSON.stringify(item)).join(', ')}`,
  field,
});

export const forbiddenField = (field: string, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});

export const duplicate = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${JSON.stringify(value)}`,
  field,
});
