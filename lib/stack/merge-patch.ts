import type { SpecOf } from '../kube/api-types';
import { isFields } from '../kube/fields';
import type { ObjectMeta } from '../kube/object';

/** Part of an object: every field is optional, and `null` removes a field. */
export type Partly<T> = T extends readonly (infer Item)[]
  ? readonly Partly<Item>[]
  : T extends object
    ? { readonly [K in keyof T]?: Partly<T[K]> | null }
    : T;

/** The same type with mutable fields. */
export type Editable<T> = T extends readonly (infer Item)[]
  ? Editable<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]: Editable<T[K]> }
    : T;

/** Kinds with fields besides metadata and a spec. */
interface Contents {
  readonly ConfigMap: {
    readonly data?: Readonly<Record<string, string>>;
    readonly binaryData?: Readonly<Record<string, string>>;
    readonly immutable?: boolean;
  };
  readonly ServiceAccount: { readonly automountServiceAccountToken?: boolean };
}

/** Kinds with typed patches. */
export type PatchedKind = keyof SpecOf | keyof Contents;

/** An object of a kind, as patches receive it. */
export type PatchedObject<Kind extends PatchedKind> = {
  readonly metadata: Pick<ObjectMeta, 'name' | 'namespace' | 'labels' | 'annotations'>;
} & (Kind extends keyof SpecOf ? { readonly spec: SpecOf[Kind] } : Kind extends keyof Contents ? Contents[Kind] : never);

/** A change to an object just before it is written: fields to merge in, or a function that edits or replaces the object. */
export type TypedPatch<Kind extends PatchedKind> =
  | Partly<PatchedObject<Kind>>
  | ((object: Editable<PatchedObject<Kind>>) => unknown);

/**
 * Merges fields into an object: objects merge, lists of named items merge by name, all other values are replaced, `null` removes.
 * @returns a copy
 */
export function mergePatch(value: unknown, patch: unknown): unknown {
  if (Array.isArray(patch) && Array.isArray(value) && isNamed(patch) && isNamed(value)) return mergeNamed(value, patch);
  if (!isFields(patch)) return patch;
  const result: Record<string, unknown> = isFields(value) ? { ...value } : {};
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) delete result[key];
    else if (change !== undefined) result[key] = mergePatch(result[key], change);
  }
  return result;
}

interface Named {
  readonly name: string;
}

const isNamed = (list: readonly unknown[]): list is readonly Named[] =>
  list.every((item) => isFields(item) && typeof item.name === 'string');

function mergeNamed(list: readonly Named[], changes: readonly Named[]): readonly unknown[] {
  const merged = list.map((item) => {
    const change = changes.find(({ name }) => name === item.name);
    return change === undefined ? item : mergePatch(item, change);
  });
  return [...merged, ...changes.filter(({ name }) => !list.some((item) => item.name === name))];
}
