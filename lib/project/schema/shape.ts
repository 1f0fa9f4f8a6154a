import type { GenericSchema } from 'valibot';

/** The parts of a schema that this project inspects. */
interface Node {
  readonly type: string;
  readonly entries?: Readonly<Record<string, GenericSchema>>;
  readonly options?: readonly GenericSchema[];
  readonly wrapped?: GenericSchema;
  readonly value?: GenericSchema;
}

function unwrap(schema: GenericSchema): Node {
  let node = schema as Node;
  while (node.wrapped !== undefined) node = node.wrapped as Node;
  return node;
}

/** Alternatives of a schema: the flattened members of its unions, or the schema itself. */
export function alternatives(schema: GenericSchema): readonly GenericSchema[] {
  const { type, options } = unwrap(schema);
  return type === 'union' && options !== undefined ? options.flatMap(alternatives) : [schema];
}

type Fields = Readonly<Record<string, GenericSchema>>;
const known = new WeakMap<GenericSchema, Fields>();

/** Fields of an object schema, without forbidden ones. Undefined if it is no object. */
export function fieldsOf(schema: GenericSchema): Fields | undefined {
  const found = known.get(schema);
  const { entries } = unwrap(schema);
  if (found !== undefined || entries === undefined) return found;
  const fields = Object.fromEntries(Object.entries(entries).filter(([, field]) => unwrap(field).type !== 'never'));
  known.set(schema, fields);
  return fields;
}

/** Schema of the values in a record with user-defined keys, such as `labels`. */
function recordValue(schema: GenericSchema): GenericSchema | undefined {
  const { type, value } = unwrap(schema);
  return type === 'record' ? value : undefined;
}

/** Whether a schema accepts any key, as `labels` does. */
export function isOpen(schema: GenericSchema): boolean {
  return alternatives(schema).some((option) => recordValue(option) !== undefined);
}

/** Possible schemas of a key, over all alternatives. */
export function childSchemas(schema: GenericSchema, key: string): readonly GenericSchema[] {
  return alternatives(schema).flatMap((option) => fieldsOf(option)?.[key] ?? recordValue(option) ?? []);
}

/** Possible keys of a value, over all alternatives. */
export function childKeys(schema: GenericSchema): readonly string[] {
  return [...new Set(alternatives(schema).flatMap((option) => Object.keys(fieldsOf(option) ?? {})))];
}

/** All paths to plain values, `server.resources.requests.cpu`, to suggest the nearest one for a typo. */
export function allPaths(schema: GenericSchema, prefix = ''): readonly string[] {
  const keys = childKeys(schema);
  if (keys.length === 0) return prefix === '' ? [] : [prefix];
  return keys.flatMap((key) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return [...new Set(childSchemas(schema, key).flatMap((child) => allPaths(child, path)))];
  });
}
