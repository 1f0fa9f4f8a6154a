import { at, textAt } from './fields';

/**
 * Paths to fields as every command prints and takes them: `spec.template.spec.containers[name=server].image`, list items by name where
 * they have one, else by position; keys with dots or slashes in brackets: `metadata.annotations["example.com/a"]`.
 */

/** The path of a field of an object at a path. */
export function fieldPath(path: string, key: string): string {
  if (/[./]/.test(key)) return `${path}["${key}"]`;
  return path === '' ? key : `${path}.${key}`;
}

/** The path of an item of the list at a path: by its name, or its position. */
export function itemPath(path: string, item: string | number): string {
  return `${path}[${typeof item === 'number' ? item : `name=${item}`}]`;
}

/** A path as the API server writes it (`.spec.containers[name="server"].image`), without its leading dot and the quotes of values. */
export function pathFromServer(path: string): string {
  const bare = path.replace(/^\./, '');
  return bare.replace(/\[([\w-]+="?[^\]]*)\]/g, (_match, pairs: string) => `[${pairs.replaceAll(/="([^",]*)"/g, '=$1')}]`);
}

/** A path in which items of lists are given by position, with names instead where they have one. */
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
