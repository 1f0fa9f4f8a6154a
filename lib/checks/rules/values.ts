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
  (all) => settingsOf(all).flatMap(({ object, path, value }) => found(object, path, value)),
);

function found(object: Found['object'], path: string, got: string): readonly Found[] {
  const text = got.trim();
  if (NOTHING.test(text)) return [{ object, path, message: 'a program wrote this in place of a missing value', got }];
  if (NOTHING_IN_URL.test(text)) return [{ object, path, message: 'a part of the address is missing', got }];
  if (!EXPONENT.test(text)) return [];
  const expected = Number(text).toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 0 });
  return [{ object, path, message: 'a number in exponent form, which most programs do not read', got, expected }];
}
