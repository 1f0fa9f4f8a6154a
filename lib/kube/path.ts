import { at, textAt } from './fields';

/**
 * Field paths as every command prints and accepts them: `spec.template.spec.containers[name=server].image`, list items by name if
 * they have one, otherwise by position; keys with dots or slashes in brackets: `metadata.annotations["example.com/a"]`.
 */

/** The path of a field within the object at a path. */
export function fieldPath(path: string, key: string): string {
  if (/[./]/.test(key)) return `${path}["${key}"]`;
  return path === '' ? key : `${path}.${key}`;
}

/** The path of an item in the list at a path: by name or position. */
export function itemPath(path: string, item: string | number): string {
  return `${path}[${typeof item === 'number' ? item : `name=${item}`}]`;
}

/** Converts a path from the API server (`.spec.containers[name="server"].image`): no leading dot, no quotes around values. */
export function pathFromServer(path: string): string {
  const bare = path.replace(/^\./, '');
  return bare.replace(/\[([\w-]+="?[^\]]*)\]/g, (_match, pairs: string) => `[${pairs.replaceAll(/="([^",]*)"/g, '=$1')}]`);
}

/** Converts list positions in a path to names, where items have one. */
export function namedPath(value: unknown, path: string): string {
  let here = value;
  return path.replaceAll(
    /(^|\.)([^.[\]]+)|\[(\d+)\]|\["([^"]*)"\]/g,
    (step, _dot, key?: string, index?: string, quoted?: string) => {
      if (index !== undefined) {
        here = Array.isArray(here) ? here[Number(index)] : undefined;
        const name = textAt(here, 'name');
        return name === undefined ? step : itemPath('', name);
      }
      here = at(here, key ?? quoted ?? '');
      return step;
    },
  );
}
