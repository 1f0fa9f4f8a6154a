import { type Obj, textOrEmpty } from '../../kube/fields';
import { type Cause, invalid } from '../failure';
import { isObj, objAt } from '../json';
import type { KindSchema } from '../schema';
import { immutableCauses } from './immutable';
import { KIND_RULES } from './kind-rules';
import { metadataCauses } from './metadata';

/** Rejects an object that violates a rule of its kind, with every cause. */
export function validateObject(kind: KindSchema, object: Obj, before?: Obj, more: readonly Cause[] = []): void {
  const causes: Cause[] = [
    ...more,
    ...metadataCauses(kind, object),
    ...(before === undefined ? [] : immutableMetadata(before, object)),
  ];
  const found = KIND_RULES[kind.kind]?.(object) ?? [];
  causes.push(...found, ...dataCauses(kind, object));
  if (kind.kind === 'Job' && before !== undefined) causes.push(...found); // the server checks a changed Job twice
  if (before !== undefined) causes.push(...immutableCauses(kind.kind, before, object));
  if (causes.length > 0) throw invalid(kind, textOrEmpty(object, 'metadata', 'name'), causes);
}

function immutableMetadata(before: Obj, after: Obj): Cause[] {
  const [was, is] = [textOrEmpty(before, 'metadata', 'uid'), textOrEmpty(after, 'metadata', 'uid')];
  const message = `Invalid value: ${JSON.stringify(is)}: field is immutable`;
  const cause: Cause = { reason: 'FieldValueInvalid', message, field: 'metadata.uid' };
  return was === is ? [] : [cause, cause]; // the server checks it twice
}

function dataCauses(kind: KindSchema, object: Obj): Cause[] {
  if (kind.kind !== 'ConfigMap' && kind.kind !== 'Secret') return [];
  const wrong = (field: string, why: string): Cause => ({ reason: 'FieldValueInvalid', message: `Invalid value: ${why}`, field });
  const why =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
  const twice = Object.keys(objAt(object, 'data')).filter((key) => objAt(object, 'binaryData')[key] !== undefined);
  if (twice.length > 0)
    return twice.map((key) => wrong(`data[${key}]`, `${JSON.stringify(key)}: duplicate of key present in binaryData`));
  return ['data', 'binaryData'].flatMap((field) => {
    const data = object[field];
    if (!isObj(data)) return [];
    return Object.keys(data)
      .filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))
      .map((key) => wrong(`${field}[${key}]`, `${JSON.stringify(key)}: ${why}`));
  });
}
