import { at, type Obj, textOrEmpty, type Value } from '../kube/fields';
import { isObj, objAt, objsAt } from './json';
import { type KindSchema, loadSchema } from './schema';
import { ANY, type Field, type StructType, type Type } from './types';

/** The kind that a CRD adds, in its stored version. */
export function customKind(definition: Obj): KindSchema | undefined {
  const spec = objAt(definition, 'spec');
  const version = objsAt(spec, 'versions').find((entry) => entry.storage === true && entry.served === true);
  if (version === undefined) return undefined;
  const names = objAt(spec, 'names');
  const list = (field: string) => {
    const value = names[field];
    return Array.isArray(value) ? value.map(String) : [];
  };
  const hasStatus = isObj(at(version, 'subresources', 'status'));
  const kind = textOrEmpty(names, 'kind');
  const type = readType(at(version, 'schema', 'openAPIV3Schema'), kind);
  const meta = loadSchema().byKind.get('v1 ConfigMap')?.type.fields;
  const fields = new Map(type.kind === 'struct' ? type.fields : []);
  for (const name of ['apiVersion', 'kind', 'metadata']) {
    const field = meta?.get(name);
    if (field !== undefined) fields.set(name, field);
  }
  return {
    apiVersion: `${textOrEmpty(spec, 'group')}/${textOrEmpty(version, 'name')}`,
    kind,
    plural: textOrEmpty(names, 'plural'),
    singular: textOrEmpty(names, 'singular') || kind.toLowerCase(),
    namespaced: spec.scope !== 'Cluster',
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    shortNames: list('shortNames'),
    categories: list('categories'),
    subresources: hasStatus ? ['status'] : [],
    generation: true,
    type: { kind: 'struct', name: kind, atomic: false, required: [], fields, open: type.kind === 'struct' && type.open === true },
  };
}

function readType(schema: Value | undefined, name: string): Type {
  if (!isObj(schema)) return ANY;
  if (schema['x-kubernetes-int-or-string'] === true) return { kind: 'scalar', code: 'o' };
  switch (schema.type) {
    case 'object':
      return readObject(schema, name);
    case 'array':
      return readList(schema, name);
    case 'string':
      return { kind: 'scalar', code: 's' };
    case 'integer':
      return { kind: 'scalar', code: 'l' };
    case 'number':
      return { kind: 'scalar', code: 'n' };
    case 'boolean':
      return { kind: 'scalar', code: 'b' };
    default:
      return ANY;
  }
}

function readObject(schema: Obj, name: string): StructType | Type {
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (!isObj(schema.properties)) {
    if (schema.additionalProperties !== undefined)
      return { kind: 'map', item: readType(schema.additionalProperties, name), atomic };
    return open ? ANY : { kind: 'struct', name, atomic, fields: new Map(), required: [] };
  }
  const fields = new Map<string, Field>();
  for (const [field, property] of Object.entries(schema.properties)) {
    const fill = at(property, 'default');
    // Custom resources keep values as written, including zeros.
    fields.set(field, {
      type: readType(property, name),
      keepsZero: true,
      always: false,
      replaced: false,
      ...(fill === undefined ? {} : { fill }),
    });
  }
  return { kind: 'struct', name, atomic, fields, required: [], open };
}

function readList(schema: Obj, name: string): Type {
  const keys = schema['x-kubernetes-list-map-keys'];
  const relation = schema['x-kubernetes-list-type'];
  return {
    kind: 'list',
    item: readType(schema.items, name),
    relation: relation === 'map' || relation === 'set' ? relation : 'atomic',
    keys: Array.isArray(keys) ? keys.map(String) : [],
  };
}
