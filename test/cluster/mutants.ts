import type { KubeObject } from '../../lib/kube/object';

/** An object with one change, and what was changed. */
export interface Mutant {
  readonly object: KubeObject;
  /** `Deployment spec.replicas: negative`. */
  readonly what: string;
}

type Path = readonly (string | number)[];
type Json = unknown;

/** What is written in the place of a value; nothing where the change does not suit it. */
const CHANGES: Readonly<Record<string, (value: Json, key: string | number) => { readonly to: Json } | undefined>> = {
  absent: () => ({ to: undefined }),
  null: () => ({ to: null }),
  'another type': (value) => ({ to: typeof value === 'string' ? 7 : typeof value === 'object' ? 'text' : String(value) }),
  'a list': (value) => (Array.isArray(value) ? undefined : { to: [value] }),
  'a map': (value) => (isMap(value) ? undefined : { to: { a: 'b' } }),
  true: (value) => (typeof value === 'boolean' ? { to: !value } : { to: true }),
  empty: (value) => ({ to: typeof value === 'string' ? '' : Array.isArray(value) ? [] : isMap(value) ? {} : 0 }),
  negative: (value) => (typeof value === 'number' ? { to: -value - 1 } : quantity(value, (text) => `-${text}`)),
  'a fraction': (value) => (typeof value === 'number' ? { to: value + 0.5 } : undefined),
  huge: (value) => (typeof value === 'number' ? { to: 5_000_000_000 } : undefined),
  'beyond int32 as text': (value) => (typeof value === 'number' ? undefined : text(value, () => '99999999999')),
  'a port too high': (value) => (typeof value === 'number' ? { to: 65_536 } : undefined),
  'upper case': (value) => text(value, (before) => before.toUpperCase()),
  'lower case': (value) => text(value, (before) => before.toLowerCase()),
  'with a space': (value) => text(value, (before) => `${before.slice(0, 1)} ${before.slice(1)}`),
  'with an underscore': (value) => text(value, (before) => `${before.slice(0, 1)}_${before.slice(1)}`),
  'with a dot at its end': (value) => text(value, (before) => `${before}.`),
  'with a dash at its start': (value) => text(value, (before) => `-${before}`),
  'with a slash': (value) => text(value, (before) => `${before}/x`),
  '16 letters': (value) => text(value, () => 'abcdefghijklmnop'),
  '64 letters': (value) => text(value, () => 'a'.repeat(64)),
  '254 letters': (value) => text(value, () => 'a'.repeat(254)),
  misspelled: (value) => text(value, (before) => `${before}x`),
  'a percentage': (value) => (typeof value === 'number' ? { to: '25%' } : text(value, () => '25%')),
  '150 percent': (value) => (typeof value === 'number' ? { to: '150%' } : undefined),
  'relative path': (value) => text(value, (before) => (before.startsWith('/') ? before.slice(1) : `../${before}`)),
  'a unit too many': (value) => quantity(value, (before) => `${before}Zx`),
  'an unknown field': (value) => (isMap(value) ? { to: { ...value, unknownField: 1 } } : undefined),
  'a key with a space': (value) => (isMap(value) ? { to: { ...value, 'a b': 'c' } } : undefined),
  'its last item twice': (value) => (Array.isArray(value) && value.length > 0 ? { to: [...value, value.at(-1)] } : undefined),
  'one item less': (value) => (Array.isArray(value) && value.length > 1 ? { to: value.slice(1) } : undefined),
  'a null item': (value) => (Array.isArray(value) ? { to: [...value, null] } : undefined),
};

/** All objects that differ from some in one place. Where an object lives, and what kind it is, stays as it is. */
export function mutantsOf(objects: readonly KubeObject[]): readonly Mutant[] {
  const found = new Map<string, Mutant>();
  for (const object of objects) {
    for (const path of pathsIn(object)) {
      if (/^(apiVersion|kind|metadata|metadata\.namespace)$/.test(path.join('.'))) continue;
      const before = valueAt(object, path);
      for (const [name, change] of Object.entries(CHANGES)) {
        const made = change(before, path.at(-1) ?? '');
        if (made === undefined) continue;
        const mutant = withValue(object, path, made.to) as KubeObject;
        const key = JSON.stringify(mutant);
        if (key !== JSON.stringify(object)) found.set(key, { object: mutant, what: `${object.kind} ${path.join('.')}: ${name}` });
      }
    }
  }
  return [...found.values()];
}

function pathsIn(value: Json, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, child]) =>
    pathsIn(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? below : [path, ...below];
}

function valueAt(value: Json, path: Path): Json {
  return path.reduce<Json>((parent, key) => (parent as Record<string | number, Json>)[key], value);
}

function withValue(value: Json, [key, ...rest]: Path, to: Json): Json {
  if (key === undefined) return to;
  if (Array.isArray(value)) {
    const list = value.flatMap((item: Json, index) => (index === key ? [withValue(item, rest, to)] : [item]));
    return to === undefined && rest.length === 0 ? list.filter((item) => item !== undefined) : list;
  }
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([name, child]) => {
      const after = name === key ? withValue(child, rest, to) : child;
      return after === undefined ? [] : [[name, after]];
    }),
  );
}

function isMap(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: Json, change: (before: string) => string): { readonly to: string } | undefined {
  return typeof value === 'string' ? { to: change(value) } : undefined;
}

function quantity(value: Json, change: (before: string) => string): { readonly to: string } | undefined {
  return typeof value === 'string' && /^\d+(\.\d+)?([a-zA-Z]{1,2})?$/.test(value) ? { to: change(value) } : undefined;
}
