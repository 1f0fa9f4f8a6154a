import { at, type Fields } from '../../kube/fields';
import { itemsAt } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** Numbers that make sense as modes only in octal: in decimal they give unintended permissions. */
const AS_OCTAL = new Set([400, 440, 444, 500]);

/** A file mode in decimal digits: `400` is `0620`, which lets the group write. */
export const modeDecimal: Rule = rule('MODE_DECIMAL', 'error', 'Write the mode with a leading zero, 0400.', ({ workloads }) =>
  workloads.flatMap(({ object, spec, path }) =>
    itemsAt(spec, 'volumes').flatMap((volume) => {
      const place = `${path}.volumes[name=${volume.name}]`;
      const given = ['configMap', 'secret', 'downwardAPI', 'projected'].filter((source) => volume[source] !== undefined);
      const sources = given.flatMap((source): readonly [string, unknown][] => [
        [`${place}.${source}`, volume[source]],
        ...itemsAt(volume, source, 'sources').flatMap((part, index) =>
          Object.entries(part).map(([name, fields]): [string, unknown] => [
            `${place}.${source}.sources[${index}].${name}`,
            fields,
          ]),
        ),
      ]);
      return sources.flatMap(([where, source]) => [
        ...wrong(object, `${where}.defaultMode`, at(source, 'defaultMode')),
        ...itemsAt(source, 'items').flatMap((item: Fields, index) => wrong(object, `${where}.items[${index}].mode`, item.mode)),
      ]);
    }),
  ),
);

function wrong(object: Found['object'], path: string, got: unknown): readonly Found[] {
  if (typeof got !== 'number' || !AS_OCTAL.has(got)) return [];
  return [{ object, path, message: `in decimal digits this is mode 0${got.toString(8)}`, got, expected: `0${got}` }];
}
