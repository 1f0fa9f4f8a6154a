import { canonical } from '../../kube/canonical';
import { type Fields, fieldsAt, isFields } from '../../kube/fields';
import { isNamedBuiltIn } from '../../kube/kinds';
import { parseJson } from '../../kube/large-integer';
import type { KubeObject } from '../../kube/object';
import { canonicalQuantity } from '../../kube/quantity';
import { type FieldSet, ownedBy } from './fields';

/** Fields that identify an object or are written by controllers: never among the fields that a manifest owns. */
const NOT_OWNED = { object: ['apiVersion', 'kind', 'status'], metadata: ['name', 'namespace'] } as const;

/** Fields with quantities as values, and maps of such fields. The API server normalizes their spelling. */
const QUANTITIES = new Set(['requests', 'limits', 'capacity', 'hard', 'sizeLimit', 'averageValue', 'divisor']);

/** Defaults that the API server fills in inside values owned as a whole, equivalent to leaving the field out. */
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
 * Whether a live object matches a manifest in every field that this tool owns, and whether these are all fields of the manifest.
 * A yes is certain. Where only the API server knows whether two spellings mean the same, the answer is no. Pure.
 */
export function isStated(manifest: KubeObject, live: KubeObject): boolean {
  const owned = ownedBy(live);
  if (owned === undefined || manifest.apiVersion !== live.apiVersion) return false;
  const { metadata, ...rest } = manifest;
  const { 'f:metadata': _metadata, ...others } = owned;
  const spelling = { hasDefaults: isNamedBuiltIn(manifest), isQuantity: false };
  return (
    mapping(without(metadata, NOT_OWNED.metadata), fieldsAt(owned, 'f:metadata'), live.metadata, spelling) &&
    mapping(without(rest, NOT_OWNED.object), others, live, spelling)
  );
}

/** How a value may be spelled: the meaning of fields is known only for Kubernetes' own kinds. */
interface Spelling {
  readonly hasDefaults: boolean;
  readonly isQuantity: boolean;
}

function stated(manifest: unknown, set: FieldSet, live: unknown, spelling: Spelling): boolean {
  if (stepsOf(set).length === 0) return (live === undefined && isZero(manifest)) || same(manifest, live, spelling);
  if (Array.isArray(manifest)) return Array.isArray(live) && items(manifest, set, live, spelling);
  return isFields(manifest) && isFields(live) && mapping(manifest, set, live, spelling);
}

function mapping(manifest: Fields, set: FieldSet, live: Fields, spelling: Spelling): boolean {
  const said = Object.keys(manifest).filter((key) => manifest[key] !== null && manifest[key] !== undefined);
  if (stepsOf(set).length !== said.length) return false;
  return said.every((key) => {
    const inner = set[`f:${key}`];
    return isFields(inner) && stated(manifest[key], inner, live[key], within(spelling, key));
  });
}

function within(spelling: Spelling, key: string): Spelling {
  return spelling.hasDefaults && QUANTITIES.has(key) ? { ...spelling, isQuantity: true } : spelling;
}

/** Each item under its key, in the same order: the order of containers and variables matters. */
function items(manifest: readonly unknown[], set: FieldSet, live: readonly unknown[], spelling: Spelling): boolean {
  const names = stepsOf(set);
  if (names.length !== manifest.length) return false;
  const unused = new Map(names.map((name) => [name, keyIn(name)]));
  let last = -1;
  return manifest.every((item) => {
    const [name, key] = [...unused].find(([, one]) => matches(one, item, true)) ?? [];
    if (name === undefined || key === undefined) return false;
    unused.delete(name);
    const index = live.findIndex((one, at) => at > last && matches(key, one, false));
    last = index;
    return index >= 0 && (key.isWhole || stated(item, fieldsAt(set, name), live[index], { ...spelling, isQuantity: false }));
  });
}

/** What a set step contains about its item: the whole item, or the fields that identify it. */
interface Key {
  readonly isWhole: boolean;
  readonly value: unknown;
}

function keyIn(step: string): Key {
  return { isWhole: step.startsWith('v:'), value: parseJson(step.slice(2)) };
}

/** Whether an item matches a key. In a manifest, part of the key may be left to its default. */
function matches({ isWhole, value }: Key, item: unknown, lenient: boolean): boolean {
  if (isWhole) return canonical(value) === canonical(item);
  if (!isFields(value) || !isFields(item)) return false;
  return Object.keys(value).every((key) => item[key] === value[key] || (lenient && item[key] === undefined));
}

/** Whether a value owned as a whole is equal to the manifest's. */
function same(manifest: unknown, live: unknown, spelling: Spelling): boolean {
  if (manifest === live) return true;
  if (Array.isArray(manifest) && Array.isArray(live))
    return manifest.length === live.length && manifest.every((item, index) => same(item, live[index], spelling));
  if (isFields(manifest) && isFields(live)) {
    const said = Object.keys(manifest).filter((key) => manifest[key] !== null && manifest[key] !== undefined);
    const filled = Object.keys(live).filter((key) => !said.includes(key));
    return (
      said.every((key) => same(manifest[key], live[key], within(spelling, key))) &&
      filled.every((key) => spelling.hasDefaults && key in DEFAULTS && canonical(live[key]) === canonical(DEFAULTS[key]))
    );
  }
  return spelling.isQuantity && typeof live === 'string' && canonicalQuantity(String(manifest)) === live;
}

/** Values often owned but not stored: empty maps and lists, defaults. A client that removes a field takes its ownership too. */
function isZero(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isFields(value) ? Object.keys(value).length === 0 : value === false || value === 0 || value === '';
}

/** Steps of a set without the one for the item itself. */
function stepsOf(set: FieldSet): readonly string[] {
  return Object.keys(set).filter((step) => step !== '.');
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
