import type { Construct } from 'constructs';
import { type Problem, ServingError } from '../errors/problem';
import { PROP_TYPES } from './prop-types';

/** A value's type: kinds, the props that its alternatives share, the other props of each, types of items and of a record's values. */
interface ValueType {
  readonly k?: readonly string[];
  readonly b?: number;
  readonly o?: readonly number[];
  readonly i?: number;
  readonly r?: number;
}

/** Types of an object's required and optional props. */
interface ObjectType {
  readonly r: Readonly<Record<string, number>>;
  readonly o: Readonly<Record<string, number>>;
}

interface PropTypes {
  readonly roots: Readonly<Record<string, number>>;
  readonly values: readonly ValueType[];
  readonly objects: readonly ObjectType[];
}

type Found = Omit<Problem, 'subject'>;

let parsed: PropTypes | undefined;

/** Types of all props, derived from their interfaces by `lib/prop-types.mjs`. */
function types(): PropTypes {
  parsed ??= JSON.parse(PROP_TYPES) as PropTypes;
  return parsed;
}

/**
 * Throws every prop that is missing or of a wrong type, before a constructor reads them. The compiler refuses these in TypeScript;
 * plain JavaScript, `any` and code that was emitted in spite of errors get here.
 */
export function refuseWrongTypes(construct: string, scope: Construct, id: string, props: unknown): void {
  const root = types().roots[construct];
  const found = root === undefined ? [] : problemsOf(props, root, '');
  if (found.length === 0) return;
  const subject = scope?.node === undefined ? id : [scope.node.path, id].filter((part) => part !== '').join('/');
  const error = new ServingError(found.map((problem) => ({ subject, ...problem })));
  // Node.js prints an uncaught error with its stack and fields: the problems, once, say all that a user needs.
  error.stack = error.message;
  Object.defineProperty(error, 'problems', { enumerable: false });
  throw error;
}

function problemsOf(value: unknown, type: number, path: string): readonly Found[] {
  const { k: kinds, b: shared, o: others = [], i: items, r: record } = types().values[type] ?? {};
  if (kinds === undefined) return [];
  if (!kinds.some((kind) => isKind(value, kind))) return [wrong(path, value, kinds.join(' or '))];
  if (Array.isArray(value)) {
    return items === undefined ? [] : value.flatMap((item, index) => problemsOf(item, items, `${path}[${index}]`));
  }
  if (!isPlain(value)) return [];
  if (record !== undefined) {
    return Object.entries(value).flatMap(([key, entry]) => (entry === undefined ? [] : problemsOf(entry, record, at(path, key))));
  }
  if (shared === undefined) return [];
  return [...propsOf(value, shared, path), ...alternativesOf(value, others, path)];
}

function propsOf(value: Readonly<Record<string, unknown>>, object: number, path: string): readonly Found[] {
  const { r: required = {}, o: optional = {} } = types().objects[object] ?? {};
  const missing = Object.entries(required).flatMap(([name, type]) => {
    const expected = types().values[type]?.k ?? [];
    return value[name] !== undefined || expected.length === 0 ? [] : [wrong(at(path, name), undefined, expected.join(' or '))];
  });
  const given = Object.entries(value).flatMap(([name, one]) => {
    const type = required[name] ?? optional[name];
    return one === undefined || type === undefined ? [] : problemsOf(one, type, at(path, name));
  });
  return [...missing, ...given];
}

/** Problems with the alternative that the value comes nearest to. */
function alternativesOf(value: Readonly<Record<string, unknown>>, objects: readonly number[], path: string): readonly Found[] {
  const each = objects.map((object) => propsOf(value, object, path));
  return each.reduce<readonly Found[]>((best, one) => (one.length < best.length ? one : best), each[0] ?? []);
}

/** Whether an object is written as one: instances of classes judge themselves. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  'a number': (value) => typeof value === 'number',
  'true or false': (value) => typeof value === 'boolean',
  'a function': (value) => typeof value === 'function',
  'a list': (value) => Array.isArray(value),
  'an object': (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  null: (value) => value === null,
};

function isKind(value: unknown, kind: string): boolean {
  return KINDS[kind]?.(value) ?? kind === (typeof value === 'string' ? `'${value}'` : String(value));
}

const at = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function wrong(path: string, got: unknown, expected: string): Found {
  const missing = got === undefined;
  return {
    code: 'WRONG_TYPE',
    ...(path === '' ? {} : { path }),
    message: missing ? 'a required value is missing' : 'the value has the wrong type',
    ...(missing ? {} : { got }),
    expected,
    remedy: `${missing ? 'Add it' : 'Correct it'}; \`npx tsc --noEmit\` finds such mistakes in TypeScript.`,
  };
}
