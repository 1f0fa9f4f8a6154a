import { type Cause, invalid } from '../api/failure';
import { isObj, type Obj, textAt } from '../json';
import type { KindSchema } from '../schema/schema';
import { immutableCauses } from './immutable';
import { KIND_RULES } from './kind-rules';
import { metadataCauses } from './metadata';

/** Refuses an object that breaks a rule of its kind, with every cause. */
export function validateObject(kind: KindSchema, object: Obj, before?: Obj): void {
  const causes: Cause[] = [...metadataCauses(kind, object), ...(before === undefined ? [] : immutableMetadata(before, object))];
  causes.push(...(KIND_RULES[kind.kind]?.(object) ?? []), ...dataCauses(kind, object));
  if (before !== undefined) causes.push(...immutableCauses(kind.kind, before, object));
  if (causes.length > 0) throw invalid(kind, textAt(object, 'metadata', 'name'), causes);
}

function immutableMetadata(before: Obj, after: Obj): Cause[] {
  const [was, is] = [textAt(before, 'metadata', 'uid'), textAt(after, 'metadata', 'uid')];
  const message = `Invalid value: ${JSON.stringify(is)}: field is immutable`;
  const cause: Cause = { reason: 'FieldValueInvalid', message, field: 'metadata.uid' };
  return was === is ? [] : [cause];
}

function dataCauses(kind: KindSchema, object: Obj): Cause[] {
  if (kind.kind !== 'ConfigMap' && kind.kind !== 'Secret') return [];
  const wrong = (field: string, why: string): Cause => ({ reason: 'FieldValueInvalid', message: `Invalid value: ${why}`, field });
  const why =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
  return ['data', 'binaryData'].flatMap((field) => {
    const data = object[field];
    if (!isObj(data)) return [];
    return Object.keys(data)
      .filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))
      .map((key) => wrong(`${field}[${key}]`, `${JSON.stringify(key)}: ${why}`));
  });
}
