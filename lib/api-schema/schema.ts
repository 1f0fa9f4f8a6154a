import { at, type Obj, type Value } from '../kube/fields';
import { DATA } from './data';
import { isObj, objAt } from './json';
import { ANY, type Field, type ScalarCode, type StructType, type Type } from './types';

/** What the API server serves for one kind. */
export interface KindSchema {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
  /** Whether `metadata.generation` counts changes of the spec. */
  readonly generation: boolean;
  readonly type: StructType;
}

/** The API server's own description of its kinds, reduced: types, merge keys, defaults (made by `generate.mjs`). */
export interface Schema {
  /** What `/version` answers. */
  readonly version: Obj;
  readonly kinds: readonly KindSchema[];
  /** Those that the sandbox serves, by `apiVersion kind`. */
  readonly byKind: ReadonlyMap<string, KindSchema>;
  /** The same, with kinds that the sandbox does not serve, whose manifests are checked. */
  readonly checked: ReadonlyMap<string, KindSchema>;
  /** Types that are no kinds with a URL: `Scale`, `DeleteOptions`. */
  readonly types: ReadonlyMap<string, StructType>;
  /** Resources the real server has and the sandbox does not, by `apiVersion`. */
  readonly unmodelled: ReadonlyMap<string, readonly string[]>;
}

let loaded: Schema | undefined;

/** Reads the data once; a few milliseconds. */
export function loadSchema(): Schema {
  loaded ??= read(JSON.parse(DATA));
  return loaded;
}

const words = (value: Value | undefined): string[] => (typeof value === 'string' && value !== '' ? value.split(',') : []);
const CODES: ReadonlySet<string> = new Set(['s', 'i', 'l', 'n', 'b', 'q', 'o', 't', 'y']);
const isCode = (text: string): text is ScalarCode => CODES.has(text);

function read(data: Obj): Schema {
  const types = new Map<string, StructType>();
  const raw = objAt(data, 'types');
  for (const name of Object.keys(raw)) {
    const goName = name.slice(name.lastIndexOf('.') + 1);
    const required = words(at(raw, name, 'required'));
    types.set(name, { kind: 'struct', name: goName, atomic: at(raw, name, 'atomic') === true, fields: new Map(), required });
  }
  for (const [name, type] of types) {
    for (const [field, spec] of Object.entries(objAt(raw, name, 'fields'))) type.fields.set(field, readField(spec, types));
  }
  const kinds: KindSchema[] = [];
  const checked = new Map<string, KindSchema>();
  for (const [key, info] of Object.entries(objAt(data, 'kinds'))) {
    const type = types.get(String(at(info, 'type')));
    if (type === undefined || typeof at(info, 'plural') !== 'string') continue;
    const [apiVersion = '', kind = ''] = key.split(' ');
    const schema: KindSchema = {
      apiVersion,
      kind,
      plural: String(at(info, 'plural')),
      singular: String(at(info, 'singular')),
      namespaced: at(info, 'namespaced') === true,
      verbs: words(at(info, 'verbs')),
      shortNames: words(at(info, 'shortNames')),
      categories: words(at(info, 'categories')),
      subresources: words(at(info, 'subresources')),
      generation: at(info, 'generation') === true,
      type,
    };
    checked.set(key, schema);
    if (at(info, 'checked') !== true) kinds.push(schema);
  }
  return {
    version: objAt(data, 'version'),
    kinds,
    byKind: new Map(kinds.map((kind) => [`${kind.apiVersion} ${kind.kind}`, kind])),
    checked,
    types,
    unmodelled: new Map(Object.entries(objAt(data, 'others')).map(([group, names]) => [group, words(names)])),
  };
}

function readField(spec: Value | undefined, types: ReadonlyMap<string, StructType>): Field {
  const rich: Obj = isObj(spec) ? spec : { t: spec ?? 'x' };
  const type = readType(String(rich.t), rich, types);
  const allowed = words(rich.e);
  return {
    type,
    keepsZero: rich.z === 1 || rich.t === 'o' || rich.d === 0 || rich.d === false || rich.d === '',
    always: rich.a === 1,
    replaced: rich.r === 1,
    ...(rich.d === undefined ? {} : { fill: rich.d }),
    ...(allowed.length === 0 ? {} : { allowed }),
  };
}

function readType(text: string, spec: Obj, types: ReadonlyMap<string, StructType>): Type {
  const rest = text.slice(1);
  if (isCode(text)) return { kind: 'scalar', code: text };
  if (text.startsWith('[')) {
    const keys = words(spec.k);
    const relation = keys.length > 0 ? 'map' : spec.set === true ? 'set' : 'atomic';
    const mergeKey = typeof spec.p === 'string' ? { mergeKey: spec.p } : {};
    return { kind: 'list', item: readType(rest, {}, types), relation, keys, ...mergeKey };
  }
  if (text.startsWith('{')) return { kind: 'map', item: readType(rest, {}, types), atomic: spec.atomic === true };
  const struct = text.startsWith('@') ? types.get(rest) : undefined;
  if (struct === undefined) return ANY;
  return spec.atomic === true ? { ...struct, atomic: true } : struct;
}
