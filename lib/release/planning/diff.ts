import { canonical } from '../../kube/canonical';
import { type Fields, isFields, textAt, without } from '../../kube/fields';
import { shownAt } from '../../kube/hidden-values';
import type { KubeObject } from '../../kube/object';
import { fieldPath, itemPath } from '../../kube/path';
import type { FieldChange } from '../model/plan';

/** Metadata that the API server maintains and no manifest sets. */
const SERVER_FIELDS = ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink'];

/** All parts of an object that a manifest can set: without status and the server's own metadata. */
export function contentOf(object: KubeObject): KubeObject {
  let metadata: Fields = object.metadata;
  for (const field of SERVER_FIELDS) metadata = without(metadata, field);
  const { status: _status, ...rest } = object;
  return { ...rest, metadata: { ...metadata, name: object.metadata.name } };
}

/**
 * The fields that differ between two states of an object. Secret values are masked, equal ones are left out.
 * @param manifest the source of the later state: of new fields, only those it sets are reported, not the server's defaults
 */
export function diff(
  before: KubeObject | undefined,
  after: KubeObject | undefined,
  manifest?: KubeObject,
): readonly FieldChange[] {
  const object = after ?? before;
  const said = manifest && { value: manifest };
  const changes = [...compare('', before && contentOf(before), after && contentOf(after), said)];
  return object === undefined ? [] : changes.map((change) => shown(change, object));
}

/** The manifest's value at a path; `undefined` itself where there is no manifest. */
type Said = { readonly value: unknown } | undefined;

function* compare(path: string, from: unknown, to: unknown, said: Said): Generator<FieldChange> {
  if (canonical(from) === canonical(to)) return;
  if (isFields(from) && isFields(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      const inside = said && { value: isFields(said.value) ? said.value[key] : undefined };
      yield* compare(fieldPath(path, key), from[key], to[key], inside);
    }
    return;
  }
  const keyed = byName(from, to);
  if (keyed) {
    const items = Array.isArray(said?.value) ? said.value : [];
    for (const name of new Set([...keyed.from.keys(), ...keyed.to.keys()])) {
      const inside = said && { value: items.find((item) => textAt(item, 'name') === name) };
      yield* compare(itemPath(path, name), keyed.from.get(name), keyed.to.get(name), inside);
    }
    return;
  }
  if (from === undefined && said !== undefined && said.value === undefined) return;
  const told = said === undefined ? to : onlySaid(to, said.value);
  yield { path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to: told }) };
}

/** A value without the fields that the manifest does not set there. */
function onlySaid(value: unknown, said: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(said) && value.length === said.length)
    return value.map((item, index) => onlySaid(item, said[index]));
  if (!isFields(value) || !isFields(said)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inside]) => (key in said ? [[key, onlySaid(inside, said[key])] as const] : [])),
  );
}

/** Lists of items with distinct names are compared by name, so that an inserted item does not shift the others. */
function byName(from: unknown, to: unknown): Record<'from' | 'to', Map<string, unknown>> | undefined {
  const maps = [from, to].map((list) => {
    if (!Array.isArray(list)) return undefined;
    const map = new Map(list.map((item) => [textAt(item, 'name') ?? '', item]));
    return map.size === list.length && !map.has('') ? map : undefined;
  });
  const [a, b] = maps;
  return a && b ? { from: a, to: b } : undefined;
}

/** A change without confidential values. */
function shown(change: FieldChange, object: KubeObject): FieldChange {
  const { path } = change;
  return {
    ...change,
    ...('from' in change ? { from: shownAt(object, path, change.from) } : {}),
    ...('to' in change ? { to: shownAt(object, path, change.to) } : {}),
  };
}
