import type { GenericSchema } from 'valibot';
import { alternatives, childSchemas, fieldsOf } from './schema/shape';

/** One layer of a config: its name and its values. */
export interface Layer {
  /** `base`, `prod`, `--set`. */
  readonly name: string;
  readonly values: unknown;
}

/** A config merged from layers, with the layer that set each plain value. */
export interface Layered {
  readonly config: unknown;
  /** Layer names by path. */
  readonly origins: ReadonlyMap<string, string>;
}

type Tree = { readonly [key: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Merges later layers over earlier ones: maps by key, lists of named items by name, all other values as a whole. Where a value is
 * one of several alternatives (a count or an autoscaler), a later layer with another alternative replaces the earlier one.
 */
export function layer(schema: GenericSchema, layers: readonly Layer[]): Layered {
  const config = layers.reduce<unknown>((below, { values }) => overlay([schema], below, values), undefined);
  let origins: ReadonlyMap<string, string> | undefined;
  return {
    config,
    // Computed only when an explanation is needed.
    get origins() {
      origins ??= originsOf(config, layers);
      return origins;
    },
  };
}

function originsOf(config: unknown, layers: readonly Layer[]): ReadonlyMap<string, string> {
  const setBy = new Map(layers.flatMap(({ name, values }) => leaves(values, '').map((path) => [path, name] as const)));
  return new Map(leaves(config, '').flatMap((path) => [[path, setBy.get(path) ?? ''] as const]));
}

function overlay(schemas: readonly GenericSchema[], below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (Array.isArray(above) && Array.isArray(below)) return overlayList(below, above);
  if (!isTree(above) || !isTree(below)) return above;
  const kept = keptBelow(schemas, below, above);
  const keys = new Set([...Object.keys(kept), ...Object.keys(above)]);
  return Object.fromEntries(
    [...keys].map((key) => {
      const children = schemas.flatMap((schema) => childSchemas(schema, key));
      return [key, overlay(children, kept[key], above[key])];
    }),
  );
}

/** Values of the lower layer that remain valid: fields of the alternative chosen above. */
function keptBelow(schemas: readonly GenericSchema[], below: Tree, above: Tree): Tree {
  const options = schemas.flatMap(alternatives).map((option) => Object.keys(fieldsOf(option) ?? {}));
  const fits = (keys: readonly string[], tree: Tree) => Object.keys(tree).every((key) => keys.includes(key));
  const chosen = options.filter((keys) => keys.length > 0 && fits(keys, above));
  if (chosen.length === 0 || chosen.some((keys) => fits(keys, below))) return below;
  const [first = []] = chosen;
  // Removes only fields of other alternatives; a field of no alternative stays, to be reported.
  return Object.fromEntries(
    Object.entries(below).filter(([key]) => first.includes(key) || !options.some((keys) => keys.includes(key))),
  );
}

const KEYS = ['name', 'key', 'host'] as const;

/** Merges lists of named items by name; a list of plain values is replaced. */
function overlayList(below: readonly unknown[], above: readonly unknown[]): readonly unknown[] {
  const key = KEYS.find((candidate) => [...below, ...above].every((item) => isTree(item) && typeof item[candidate] === 'string'));
  if (key === undefined) return above;
  const byKey = new Map<unknown, unknown>();
  for (const item of [...below, ...above]) {
    if (isTree(item)) byKey.set(item[key], { ...(byKey.get(item[key]) as Tree | undefined), ...item });
  }
  return [...byKey.values()];
}

function leaves(value: unknown, path: string): readonly string[] {
  if (value === undefined) return [];
  if (!isTree(value)) return path === '' ? [] : [path];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}
