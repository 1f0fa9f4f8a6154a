import type { Obj, Value } from '../kube/fields';
import { canonicalQuantity, QUANTITY_MESSAGE } from '../kube/quantity';
import { copy, isObj } from './json';
import type { Field, ScalarCode, StructType, Type } from './types';

/** A request body as decoded by the API server, before validation. */
export interface Decoded {
  /** Without meaningless values (nulls, meaningless zeros, unknown fields), with the unconditional defaults. */
  readonly value: Obj;
  /** `spec.foo`: fields unknown to the type. */
  readonly unknown: readonly string[];
  /** The first value of a wrong type, in the server's wording. */
  readonly mismatch?: string;
}

export interface DecodeOptions {
  /** Whether to leave out the defaults: only what was written (offline validation, patches). */
  readonly bare?: boolean;
}

/** Reads a value like the server's typed decoder. */
export function decode(value: Obj, type: StructType, options: DecodeOptions = {}): Decoded {
  const decoder = new Decoder(options.bare !== true);
  const result = decoder.struct(value, type, '', '');
  return { value: result, unknown: decoder.unknown, ...(decoder.mismatch === undefined ? {} : { mismatch: decoder.mismatch }) };
}

const GO_NAMES: Record<ScalarCode, string> = {
  s: 'string',
  i: 'int32',
  l: 'int64',
  n: 'float64',
  b: 'bool',
  q: 'resource.Quantity',
  o: 'intstr.IntOrString',
  t: 'string',
  y: '[]uint8',
};

class Decoder {
  readonly unknown: string[] = [];
  mismatch: string | undefined;

  private readonly fills: boolean;

  constructor(fills: boolean) {
    this.fills = fills;
  }

  struct(value: Obj, type: StructType, path: string, goPath: string): Obj {
    const result: Obj = {};
    for (const name in value) {
      const given = value[name];
      const field = type.fields.get(name);
      const here = path === '' ? name : `${path}.${name}`;
      if (field === undefined) {
        if (type.open === true) result[name] = copy(given);
        else this.unknown.push(here);
      } else if (given !== null && given !== undefined) {
        const go = goPath === '' ? name : `${goPath}.${name}`;
        const read = this.value(given, field.type, here, go, type.name);
        if (read !== undefined && (field.keepsZero || !isZero(read, field.type))) result[name] = read;
      }
    }
    if (this.fills) this.fill(result, type);
    return result;
  }

  private fill(result: Obj, type: StructType): void {
    for (const [name, field] of type.fields) {
      if (field.fill === undefined) continue;
      const there = result[name];
      if (there === undefined) result[name] = filled(field);
    }
  }

  private value(value: Value, type: Type, path: string, goPath: string, owner: string): Value | undefined {
    switch (type.kind) {
      case 'any':
        return copy(value);
      case 'scalar':
        return this.scalar(value, type.code, goPath, owner);
      case 'struct':
        if (isObj(value)) return this.struct(value, type, path, goPath);
        return this.wrong(value, goPath, owner, `v1.${type.name}`);
      case 'map': {
        if (!isObj(value)) return this.wrong(value, goPath, owner, 'map[string]string');
        const result: Obj = {};
        for (const key in value) {
          const item = value[key];
          const read =
            item === null || item === undefined
              ? zeroOf(type.item)
              : this.value(item, type.item, `${path}.${key}`, goPath, owner);
          if (read !== undefined) result[key] = read;
        }
        return result;
      }
      case 'list': {
        if (!Array.isArray(value)) return this.wrong(value, goPath, owner, `[]${goType(type.item)}`);
        const result: Value[] = [];
        value.forEach((item, i) => {
          const read = item === null ? zeroOf(type.item) : this.value(item, type.item, `${path}[${i}]`, goPath, owner);
          if (read !== undefined) result.push(read);
        });
        return result;
      }
    }
  }

  private scalar(value: Value, code: ScalarCode, goPath: string, owner: string): Value | undefined {
    const whole = typeof value === 'number' && Number.isInteger(value);
    switch (code) {
      case 'y': {
        if (typeof value !== 'string') return this.wrong(value, goPath, owner, GO_NAMES[code]);
        const wrongAt = base64Error(value);
        if (wrongAt !== undefined) this.mismatch ??= `illegal base64 data at input byte ${wrongAt}`;
        return value;
      }
      case 's':
      case 't':
        return typeof value === 'string' ? value : this.wrong(value, goPath, owner, GO_NAMES[code]);
      case 'b':
        return typeof value === 'boolean' ? value : this.wrong(value, goPath, owner, 'bool');
      case 'n':
        return typeof value === 'number' ? value : this.wrong(value, goPath, owner, 'float64');
      case 'i':
        if (whole && Math.abs(value) <= 0x7fffffff) return value;
        return this.wrong(value, goPath, owner, 'int32');
      case 'l':
        return whole ? value : this.wrong(value, goPath, owner, 'int64');
      case 'o':
        return whole || typeof value === 'string' ? value : this.wrong(value, goPath, owner, 'intstr.IntOrString');
      case 'q': {
        const canonical = typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(String(value)) : undefined;
        if (canonical === undefined) this.mismatch ??= QUANTITY_MESSAGE;
        return canonical;
      }
    }
  }

  private wrong(value: Value, goPath: string, owner: string, expected: string): undefined {
    const got = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    const shown = typeof value === 'number' && /^int\d/.test(expected) ? `number ${value}` : got;
    this.mismatch ??= `json: cannot unmarshal ${shown} into Go struct field ${owner}.${goPath} of type ${expected}`;
    return undefined;
  }
}

/** The value of an unset field, with its nested defaults. */
function filled(field: Field): Value {
  if (field.type.kind === 'struct' && isObj(field.fill)) return decode(field.fill, field.type).value;
  return copy(field.fill) ?? null;
}

/** An object of a type with no field set: compared with a create to determine who owns which field. */
export function emptyOf(type: StructType): Obj {
  const result: Obj = {};
  for (const [name, field] of type.fields) {
    if (field.always) result[name] = field.type.kind === 'struct' ? emptyOf(field.type) : (copy(field.fill) ?? null);
    else if (field.type.kind === 'list' && type.required.includes(name)) result[name] = null;
  }
  return result;
}

/** The first position where a text is not base64. */
function base64Error(text: string): number | undefined {
  const end = text.search(/[^A-Za-z0-9+/=\r\n]/);
  if (end >= 0) return end;
  return text.replace(/[\r\n]/g, '').length % 4 === 0 ? undefined : text.length;
}

function goType(type: Type): string {
  return type.kind === 'scalar' ? GO_NAMES[type.code] : type.kind === 'struct' ? `v1.${type.name}` : 'interface {}';
}

function zeroOf(type: Type): Value | undefined {
  if (type.kind === 'struct') return {};
  return type.kind === 'scalar' && type.code === 's' ? '' : undefined;
}

function isZero(value: Value, type: Type): boolean {
  if (type.kind === 'struct' || type.kind === 'any') return false;
  if (Array.isArray(value)) return value.length === 0;
  if (isObj(value)) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}
