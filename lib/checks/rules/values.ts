import { type Fields, fieldsAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { itemsAt } from '../inventory/inventory';
import { settingsOf } from '../inventory/variables';
import { type Found, type Rule, rule } from '../model/rule';

/** What programs print for a missing value. */
const NOTHING = /^(?:NaN|nan|undefined|\[object Object\]|<nil>|nil|-?Infinity|\[object Promise\])$/;
/** The same, as the host or the port of a URL, or as part of a path. */
const NOTHING_IN_URL =
  /^[a-z][a-z0-9+.-]*:\/\/(?:[^/\s]*@)?(?:(?:undefined|null|NaN|None)(?=[:/]|$)|[^/\s:]+:(?:undefined|null|NaN|None)(?=\/|$))/;
/** How Go and JavaScript print large numbers: `1e+06`, `1.048576e+06`, `1e+21`. */
const EXPONENT = /^-?\d(?:\.\d+)?e\+\d+$/;

/** Values that no user would write: a program printed a missing value, or a number in a format that no other program reads. */
export const valueUnlikely: Rule = rule(
  'VALUE_UNLIKELY',
  'error',
  'Give the value, and put large numbers in quotes where they are set.',
  (all) => [
    ...settingsOf(all).flatMap(({ object, path, value }) => found(object, path, value)),
    ...all.workloads.flatMap(({ object, containers }) => containers.flatMap(({ fields, path }) => names(object, fields, path))),
    ...all.ofKind('Secret').flatMap(lineEnds),
  ],
);

/** Names that no program can ask for: with spaces, or a whole assignment. */
function names(object: Found['object'], fields: Fields, path: string): readonly Found[] {
  return itemsAt(fields, 'env').flatMap(({ name }): readonly Found[] => {
    if (typeof name !== 'string' || !/[\s=]/.test(name)) return [];
    const expected = name.replace(/=.*/s, '').trim().replaceAll(/\s+/g, '_');
    return [
      {
        object,
        path: `${path}.env[name=${name}].name`,
        message: 'no program reads a variable of this name',
        got: name,
        expected,
      },
    ];
  });
}

/** Keys of short values that programs compare letter by letter. */
const CREDENTIAL = /(?:^|[._-])(?:user(?:name)?|pass(?:word)?|token|api[._-]?key|secret[._-]?key|access[._-]?key)$/i;

/** Credentials that end with a line break, as `echo` without `-n` gives them to base64. */
function lineEnds(object: KubeObject): readonly Found[] {
  return Object.entries(fieldsAt(object, 'data')).flatMap(([key, value]): readonly Found[] => {
    if (typeof value !== 'string' || value.length > 200 || !CREDENTIAL.test(key)) return [];
    const text = Buffer.from(value, 'base64').toString('latin1');
    if (!/^[^\n]+\n$/.test(text)) return [];
    const message = 'the value ends with a line break, which is part of it';
    return [{ object, path: `data.${key}`, message, expected: 'base64 of printf, or of echo -n', severity: 'warning' }];
  });
}

function found(object: Found['object'], path: string, got: string): readonly Found[] {
  const text = got.trim();
  if (NOTHING.test(text)) return [{ object, path, message: 'a program wrote this in place of a missing value', got }];
  if (NOTHING_IN_URL.test(text)) return [{ object, path, message: 'a part of the address is missing', got }];
  if (!EXPONENT.test(text)) return [];
  const expected = Number(text).toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 0 });
  return [{ object, path, message: 'a number in exponent form, which most programs do not read', got, expected }];
}
