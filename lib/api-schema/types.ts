import type { Value } from '../kube/fields';

/** s text · i int32 · l int64 · n number · b boolean · q quantity · o int or text · t time · y base64 */
export type ScalarCode = 's' | 'i' | 'l' | 'n' | 'b' | 'q' | 'o' | 't' | 'y';

export interface ScalarType {
  readonly kind: 'scalar';
  readonly code: ScalarCode;
}

/** Any value; server-side apply merges its maps field by field and treats its lists as atomic. */
export interface AnyType {
  readonly kind: 'any';
}

export interface ListType {
  readonly kind: 'list';
  readonly item: Type;
  readonly relation: 'atomic' | 'set' | 'map';
  /** The fields that identify an item of a `map` list. */
  readonly keys: readonly string[];
  /** Key of strategic merge patch; empty for merged lists of scalars, absent for replaced lists. */
  readonly mergeKey?: string;
}

export interface MapType {
  readonly kind: 'map';
  readonly item: Type;
  readonly atomic: boolean;
}

export interface StructType {
  readonly kind: 'struct';
  /** Its name in the server's messages. */
  readonly name: string;
  readonly atomic: boolean;
  readonly fields: Map<string, Field>;
  readonly required: readonly string[];
  /** Whether unknown fields are kept (custom resources). */
  readonly open?: boolean;
}

export type Type = ScalarType | AnyType | ListType | MapType | StructType;

export interface Field {
  readonly type: Type;
  /** The value when the field is not set; absent for fields that then stay unset. */
  readonly fill?: Value;
  /** Whether the fill is a zero that is present even in an empty object. */
  readonly always: boolean;
  /** Whether a zero (`0`, empty text, false) differs from an unset field. */
  readonly keepsZero: boolean;
  /** Whether strategic merge patch replaces it as a whole. */
  readonly replaced: boolean;
  readonly allowed?: readonly string[];
}

export const ANY: AnyType = { kind: 'any' };
