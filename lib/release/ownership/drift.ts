import { TOOL } from '../../kube/contract';
import { type Fields, fieldsAt, isFields, listAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { fieldPath, itemPath } from '../../kube/path';
import type { RecordedObject } from '../model/record';
import { isCompleted } from './compare';
import { type FieldSet, ownedBy } from './fields';

/** A field that another client set since the release. */
export interface EditedField {
  /** `spec.template.spec.containers[server].image`. */
  readonly path: string;
  /** The field manager that set it, `kubectl-edit`; absent when the field was removed. */
  readonly manager?: string;
  /** When that manager wrote last, RFC 3339. */
  readonly time?: string;
}

/** How a live object differs from the released one. */
export interface Drift {
  /** The object, `Deployment/fraud-model`. */
  readonly object: string;
  /**
   * `missing`: it does not exist; `replaced`: another client deleted and recreated it; `edited`: fields were set or removed;
   * `unverified`: it may differ, and the API server refuses the dry run that would tell.
   */
  readonly kind: 'missing' | 'replaced' | 'edited' | 'unverified';
  /** The edited fields. */
  readonly fields: readonly EditedField[];
  /** Why the object is unverified. */
  readonly reason?: string;
}

/**
 * How an object differs from the released one, as its managed fields tell; undefined if they tell of no difference. Values filled in
 * by the API server or controllers, and replicas set by an autoscaler, are no difference. Pure.
 */
export function driftOf(recorded: RecordedObject, live: KubeObject | undefined, scaled: boolean): Drift | undefined {
  const { manifest } = recorded;
  const object = displayName(manifest);
  if (live === undefined) return isCompleted(manifest, recorded) ? undefined : { object, kind: 'missing', fields: [] };
  if (recorded.uid !== undefined && recorded.uid !== live.metadata.uid) return { object, kind: 'replaced', fields: [] };
  const ours = ownedBy(live) ?? {};
  const found = listAt(live, 'metadata', 'managedFields').flatMap((entry): EditedField[] => {
    if (!isFields(entry) || entry.subresource === 'status' || (entry.manager === TOOL && entry.operation === 'Apply')) return [];
    const [manager, time] = [textAt(entry, 'manager') ?? '', textAt(entry, 'time')];
    const paths = [...taken('', manifest, fieldsAt(entry, 'fieldsV1'), ours)];
    return paths.map((path) => ({ path, manager, ...(time === undefined ? {} : { time }) }));
  });
  const removed = [...gone('', manifest, live)].map((path) => ({ path }));
  const fields = [...found, ...removed].filter(({ path }) => !(scaled && path === 'spec.replicas'));
  return fields.length === 0 ? undefined : { object, kind: 'edited', fields };
}

/** The fields of a manifest that another manager owns and this tool no longer does. */
function* taken(path: string, manifest: unknown, theirs: FieldSet, ours: FieldSet): Generator<string> {
  for (const [step, inner] of Object.entries(theirs)) {
    const place = placeOf(path, step, manifest);
    if (place === undefined) continue;
    const isLeaf = !isFields(inner) || Object.keys(inner).length === 0;
    if (!isLeaf) yield* taken(place.path, place.value, fieldsAt(theirs, step), fieldsAt(ours, step));
    else if (!(step in ours)) yield place.path;
  }
}

/** Where a field set step leads in a manifest; undefined when the manifest sets nothing there. */
function placeOf(path: string, step: string, manifest: unknown): { readonly path: string; readonly value: unknown } | undefined {
  const text = step.slice(2);
  if (step.startsWith('f:') && isFields(manifest) && manifest[text] !== undefined)
    return { path: fieldPath(path, text), value: manifest[text] };
  if (!Array.isArray(manifest)) return undefined;
  const wanted: unknown = /^[kv]:/.test(step) ? JSON.parse(text) : undefined;
  const index = step.startsWith('k:') ? manifest.findIndex((item) => hasKeys(item, fieldsAt(wanted))) : manifest.indexOf(wanted);
  if (index < 0) return undefined;
  return { path: itemPath(path, textAt(manifest[index], 'name') ?? index), value: manifest[index] };
}

/** Whether a list item has these keys; keys left to their defaults count as equal. */
function hasKeys(item: unknown, keys: Fields): boolean {
  return isFields(item) && Object.keys(keys).every((key) => item[key] === undefined || item[key] === keys[key]);
}

/** The fields of a manifest that a live object does not have. */
function* gone(path: string, manifest: unknown, live: unknown): Generator<string> {
  if (isFields(manifest) && isFields(live)) {
    for (const [key, value] of Object.entries(manifest)) {
      if (path === '' && key === 'stringData') continue; // stored as data
      if (value === null || (isFields(value) && Object.keys(value).length === 0)) continue;
      if (Array.isArray(value) && value.length === 0) continue;
      if (live[key] === undefined) yield fieldPath(path, key);
      else yield* gone(fieldPath(path, key), value, live[key]);
    }
  } else if (Array.isArray(manifest) && Array.isArray(live)) {
    for (const item of manifest) {
      const name = textAt(item, 'name');
      if (name === undefined) continue;
      const there = live.find((one) => textAt(one, 'name') === name);
      if (there === undefined) yield itemPath(path, name);
      else yield* gone(itemPath(path, name), item, there);
    }
  }
}
