import { isFields, textAt } from './fields';
import type { KubeObject } from './object';
import { fieldPath, itemPath } from './path';

/** The plain values of an object by path; list items by name if they have one. Empty maps and lists count as values. */
export function flatten(value: unknown, path = ''): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  walk(value, path, found);
  return found;
}

function walk(value: unknown, path: string, found: Map<string, unknown>): void {
  if (Array.isArray(value) && value.length > 0) {
    value.forEach((item, index) => {
      const name = textAt(item, 'name');
      walk(item, itemPath(path, name ?? index), found);
    });
  } else if (isFields(value) && Object.keys(value).length > 0) {
    for (const [key, child] of Object.entries(value)) walk(child, fieldPath(path, key), found);
  } else {
    found.set(path, value);
  }
}

const HASH = /-[0-9a-f]{10}$/;

/** A name without its content hash, which differs when the content does. */
export function stableName(name: string): string {
  return name.replace(HASH, '');
}

/** An object with stable names in references to objects named by content: a changed setting is then one difference, not three. */
export function withStableNames(object: KubeObject, hashed: ReadonlySet<string>): KubeObject {
  return JSON.parse(JSON.stringify(object), (_key, value: unknown) =>
    typeof value === 'string' && hashed.has(value) ? stableName(value) : value,
  ) as KubeObject;
}

/** The names that end in a content hash. */
export function hashedNames(objects: readonly KubeObject[]): ReadonlySet<string> {
  return new Set(objects.map(({ metadata }) => metadata.name).filter((name) => HASH.test(name)));
}
