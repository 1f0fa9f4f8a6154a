import { canonical } from '../../kube/canonical';
import { TOOL } from '../../kube/contract';
import { digestOf } from '../../kube/digest';
import { type Fields, fieldsAt, isFields, listAt, without } from '../../kube/fields';
import { parseJson } from '../../kube/large-integer';
import type { KubeObject } from '../../kube/object';

/**
 * Field ownership as the API server keeps it (`FieldsV1`): `f:name` a field, `k:{…}` a list item by its keys, `v:…` an item of
 * a set, `.` the container itself. `{}` means the whole value.
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export type FieldSet = Fields;

/** The fields that this tool applied to an object and still owns. Undefined when it owns none. */
export function ownedBy(object: KubeObject, manager: string = TOOL): FieldSet | undefined {
  for (const entry of listAt(object, 'metadata', 'managedFields')) {
    if (!isFields(entry) || entry.manager !== manager || entry.operation !== 'Apply' || entry.subresource) continue;
    return fieldsAt(entry, 'fieldsV1');
  }
  return undefined;
}

/** The values of the fields in a set, as an object has them; missing fields are left out. */
export function extract(value: unknown, set: FieldSet): unknown {
  const steps = Object.keys(set);
  if (steps.length === 0) return value;
  if (Array.isArray(value)) return value.flatMap((item) => extractItem(item, set));
  if (!isFields(value)) return value;
  const out: Record<string, unknown> = {};
  for (const step of steps) {
    const name = step.slice(2);
    if (step.startsWith('f:') && value[name] !== undefined) out[name] = extract(value[name], fieldsAt(set, step));
  }
  return out;
}

function extractItem(item: unknown, set: FieldSet): unknown[] {
  for (const step of Object.keys(set)) {
    const text = step.slice(2);
    if (step.startsWith('v:') && canonical(parseJson(text)) === canonical(item)) return [item];
    if (!step.startsWith('k:')) continue;
    const keys = parseJson(text);
    if (isFields(keys) && isFields(item) && Object.keys(keys).every((key) => item[key] === keys[key])) {
      const inner = fieldsAt(set, step);
      const found = extract(item, inner);
      // A key that is not owned was left to its default, such as a port's protocol: setting it would own it.
      const named = Object.keys(keys).some((key) => `f:${key}` in inner);
      return [isFields(found) && !named ? { ...keys, ...found } : found];
    }
  }
  return [];
}

/** A set without fields the object does not have: an empty map in a manifest is owned, but not stored. */
export function withoutAbsent(set: FieldSet, value: unknown): FieldSet {
  if (!isFields(value)) return set;
  const kept = Object.entries(set).filter(([step]) => !step.startsWith('f:') || value[step.slice(2)] !== undefined);
  return Object.fromEntries(
    kept.map(([step, inner]) => [step, isFields(inner) ? withoutAbsent(inner, value[step.slice(2)]) : inner]),
  );
}

/** The union of two sets. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const out: Record<string, unknown> = { ...a };
  for (const [step, inner] of Object.entries(b)) {
    const own = a[step];
    // `{}` is the whole value, so it absorbs any part that the other side has.
    const whole = isFields(own) && isFields(inner) && (Object.keys(own).length === 0 || Object.keys(inner).length === 0);
    out[step] = own === undefined ? inner : whole ? {} : union(fieldsAt(a, step), fieldsAt(b, step));
  }
  return out;
}

/** The manifest that restores an object's current values for the fields of a set, to be applied. */
export function manifestOf(object: KubeObject, set: FieldSet): KubeObject {
  const { apiVersion, kind, metadata } = object;
  const { namespace, name } = metadata;
  const found = extract(object, set);
  const fields = isFields(found) ? found : {};
  return {
    ...fields,
    apiVersion,
    kind,
    metadata: { ...fieldsAt(fields, 'metadata'), ...(namespace ? { namespace } : {}), name },
  };
}

/**
 * A digest of the fields that this tool owns in a live object, and their values. It changes when anyone edits, takes or removes
 * one of them, but not when a controller writes its own fields.
 * @param scaled whether an autoscaler sets `spec.replicas`, which is then left out
 */
export function ownedDigest(object: KubeObject, scaled = false): string | undefined {
  const owned = ownedBy(object);
  if (owned === undefined) return undefined;
  const spec = fieldsAt(owned, 'f:spec');
  const set = scaled && 'f:replicas' in spec ? { ...owned, 'f:spec': without(spec, 'f:replicas') } : owned;
  // In the API server's key order: it is stable, and a different order only costs a dry run.
  return digestOf(`${JSON.stringify(set)}${JSON.stringify(extract(object, set))}`);
}
