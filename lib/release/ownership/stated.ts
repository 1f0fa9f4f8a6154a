import { canonical } from '../../kube/canonical';
import { type Fields, fieldsAt, isFields } from '../../kube/fields';
import { parseJson } from '../../kube/large-integer';
import type { KubeObject } from '../../kube/object';
import { canonicalQuantity } from '../../kube/quantity';
import { type FieldSet, ownedBy } from './fields';

/** What identifies an object, or is written by controllers: never in the fields that a manifest owns. */
const NOT_OWNED = { object: ['apiVersion', 'kind', 'status'], metadata: ['name', 'namespace'] } as const;

/** Fields whose values are quantities, and maps of such fields. The API server spells these its own way. */
const QUANTITIES = new Set(['requests', 'limits', 'capacity', 'hard', 'sizeLimit', 'averageValue', 'divisor']);

/** What the API server fills in inside of values that are owned as a whole, and means the same as nothing. */
const DEFAULTS: Fields = {
  apiVersion: 'v1', // fieldRef, volumeClaimTemplates
  divisor: '0', // resourceFieldRef
  protocol: 'TCP', // ports of a NetworkPolicy
  apiGroup: 'rbac.authorization.k8s.io', // subjects
  scope: '*', // rules of webhooks
  weight: 1, // backendRefs of routes
  kind: 'PersistentVolumeClaim', // volumeClaimTemplates
  volumeMode: 'Filesystem',
  status: { phase: 'Pending' },
};

/**
 * Whether a live object says in every field that this tool owns what a manifest says, and whether these are all the fields of the manifest.
 * It is sure of a yes. Where only the API server knows whether two spellings mean the same, it says no. Pure.
 */
export function isStated(manifest: KubeObject, live: KubeObject): boolean {
  const owned = ownedBy(live);
  if (owned === undefined || manifest.apiVersion !== live.apiVersion) return false;
  const { metadata, ...rest } = manifest;
  const { 'f:metadata': _metadata, ...others } = owned;
  return (
    mapping(without(metadata, NOT_OWNED.metadata), fieldsAt(owned, 'f:metadata'), live.metadata) &&
    mapping(without(rest, NOT_OWNED.object), others, live)
  );
}

function stated(manifest: unknown, set: FieldSet, live: unknown, quantity: boolean): boolean {
  if (stepsOf(set).length === 0) return same(manifest, live, quantity);
  if (Array.isArray(manifest)) return Array.isArray(live) && items(manifest, set, live);
  return isFields(manifest) && isFields(live) && mapping(manifest, set, live, quantity);
}

function mapping(manifest: Fields, set: FieldSet, live: Fields, quantity = false): boolean {
  const said = Object.keys(manifest).filter((key) => manifest[key] !== null && manifest[key] !== undefined);
  if (stepsOf(set).length !== said.length) return false;
  return said.every((key) => {
    const inner = set[`f:${key}`];
    return isFields(inner) && stated(manifest[key], inner, live[key], quantity || QUANTITIES.has(key));
  });
}

/** Each item under its key, and in the same order: the order of containers and variables has a meaning. */
function items(manifest: readonly unknown[], set: FieldSet, live: readonly unknown[]): boolean {
  const steps = stepsOf(set);
  if (steps.length !== manifest.length) return false;
  const unused = new Set(steps);
  let last = -1;
  return manifest.every((item) => {
    const step = [...unused].find((one) => matches(one, item, true));
    if (step === undefined) return false;
    unused.delete(step);
    const index = live.findIndex((one, at) => at > last && matches(step, one, false));
    last = index;
    return index >= 0 && (step.startsWith('v:') || stated(item, fieldsAt(set, step), live[index], false));
  });
}

/** Whether an item is the one that a step of a set names. In a manifest a part of the key may be left to its default. */
function matches(step: string, item: unknown, lenient: boolean): boolean {
  const wanted = parseJson(step.slice(2));
  if (step.startsWith('v:')) return canonical(wanted) === canonical(item);
  if (!isFields(wanted) || !isFields(item)) return false;
  return Object.keys(wanted).every((key) => item[key] === wanted[key] || (lenient && item[key] === undefined));
}

/** Whether a value that is owned as a whole is what a manifest says. */
function same(manifest: unknown, live: unknown, quantity: boolean): boolean {
  if (Array.isArray(manifest) && Array.isArray(live))
    return manifest.length === live.length && manifest.every((item, index) => same(item, live[index], quantity));
  if (isFields(manifest) && isFields(live)) {
    const said = Object.keys(manifest).filter((key) => manifest[key] !== null);
    const filled = Object.keys(live).filter((key) => !said.includes(key));
    return (
      said.every((key) => same(manifest[key], live[key], quantity || QUANTITIES.has(key))) &&
      filled.every((key) => key in DEFAULTS && canonical(live[key]) === canonical(DEFAULTS[key]))
    );
  }
  if (manifest === live || (live === undefined && isEmpty(manifest))) return true;
  return quantity && typeof live === 'string' && canonicalQuantity(String(manifest)) === live;
}

/** An empty map or list is owned and often not stored. */
function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isFields(value) && Object.keys(value).length === 0;
}

/** Steps of a set without the one that stands for the item itself. */
function stepsOf(set: FieldSet): readonly string[] {
  return Object.keys(set).filter((step) => step !== '.');
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
