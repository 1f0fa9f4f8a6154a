import type { Value } from '../kube/fields';

/** s text · i int32 · l int64 · n number · b boolean · q quantity · o int or text · t time · y base64 */
export type ScalarCode = 's' | 'i' | 'l' | 'n' | 'b' | 'q' | 'o' | 't' | 'y';

export interface ScalarType {
  readonly kind: 'scalar';
  readonly code: ScalarCode;
}

/** Anything goes; server-side apply merges its maps field by field and takes its lists whole. */
export interface AnyType {
  readonly kind: 'any';
}

export interface ListType {
  readonly kind: 'list';
  readonly item: Type;
  readonly relation: 'atomic' | 'set' | 'map';
  /** The fields that identify an item of a `map` list. */
  readonly keys: readonly string[];
  /** Key of strategic merge patch; empty for lists of scalars that are merged, absent for lists that are replaced. */
  readonly mergeKey?: string;
}

export interface MapType {
  readonly kind: 'map';
  readonly item: Type;
  readonly atomic: boolean;
}

export interface StructType {
  readonly kind: 'struct';
  /** The name the server's messages call it by. */
  readonly name: string;
  readonly atomic: boolean;
  readonly fields: Map<string, Field>;
  readonly required: readonly string[];
  /** Unknown fields are kept (custom resources). */
  readonly open?: boolean;
}

export type Type = ScalarType | AnyType | ListType | MapType | StructType;

export interface Field {
  readonly type: Type;
  /** What a reader sees when nothing was written; absent for fields that stay away then. */
  readonly fill?: Value;
  /** The fill is a zero that is there even in an object nobody has written. */
  readonly always: boolean;
  /** A zero (`0`, empty text, false) is something else than nothing. */
  readonly keepsZero: boolean;
  /** Strategic merge patch replaces it whole. */
  readonly replaced: boolean;
  readonly allowed?: readonly string[];
}

export const ANY: AnyType = { kind: 'any' };
