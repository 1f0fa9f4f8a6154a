/** A scalar as resolved by kubectl's YAML reader; `unsafe` for an integer with digits that a double would lose. */
export type Scalar =
  | { readonly value: string | number | boolean | null }
  | { readonly unsafe: true }
  | { readonly invalid: string };

/** YAML 1.1 words that are not strings. */
const WORDS: ReadonlyMap<string, boolean | null | 'infinite'> = new Map(
  (
    [
      [true, 'y Y yes Yes YES true True TRUE on On ON'],
      [false, 'n N no No NO false False FALSE off Off OFF'],
      [null, ' ~ null Null NULL'],
      ['infinite', '.inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF .nan .NaN .NAN'],
    ] as const
  ).flatMap(([value, words]) => words.split(' ').map((word) => [word, value] as const)),
);

const LONGEST_WORD = Math.max(...[...WORDS.keys()].map(({ length }) => length));

const LONG_PREFIX = 'tag:yaml.org,2002:';
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

/**
 * Resolves a scalar like go-yaml v2, the YAML reader of kubectl and the API machinery.
 * @param plain whether it is unquoted; only an unquoted or tagged scalar can be anything but a string
 * @see https://github.com/yaml/go-yaml/blob/v2.4.3/resolve.go
 */
export function resolveScalar(text: string, plain: boolean, tag?: string): Scalar {
  if (tag === undefined) return plain ? resolvePlain(text) : { value: text };
  const name = tag.startsWith(LONG_PREFIX) ? tag.slice(LONG_PREFIX.length) : undefined;
  if (name === 'binary') return binary(text);
  if (!['bool', 'int', 'float', 'null', 'timestamp'].includes(name ?? '')) return { value: text };
  const found = resolvePlain(text);
  if (!('value' in found) || fits(found.value, name)) return found;
  // A timestamp remains text.
  return name === 'timestamp' && /^\d{4}-\d{1,2}-\d{1,2}/.test(text) ? { value: text } : { invalid: `is no ${name}` };
}

function resolvePlain(text: string): Scalar {
  const word = text.length > LONGEST_WORD ? undefined : WORDS.get(text);
  if (word === 'infinite') return { invalid: 'is a number that JSON cannot express' };
  if (word !== undefined) return { value: word };
  if (/^\.\d+([eE][-+]?\d+)?$/.test(text)) return finite(text, text);
  if (!/^[-+0-9]/.test(text)) return { value: text };
  const digits = text.replaceAll('_', '');
  const integer = integerOf(digits);
  if (integer !== undefined) return Number.isSafeInteger(integer) ? { value: integer + 0 } : { unsafe: true };
  return FLOAT.test(digits) ? finite(digits, text) : { value: text };
}

/** An integer in any base that Go's `ParseInt` accepts: 0x1F, 0o17, 017, 0b11. */
function integerOf(digits: string): number | undefined {
  const [, sign, prefix = '', body = ''] = /^([-+]?)(0[xX]|0[oO]|0[bB]|0(?=\d))?([0-9a-fA-F]+)$/.exec(digits) ?? [];
  if (sign === undefined) return undefined;
  const base = { '0x': 16, '0o': 8, '0b': 2, '0': 8 }[prefix.toLowerCase()] ?? 10;
  if (![...body.toLowerCase()].every((digit) => Number.parseInt(digit, 16) < base)) return undefined;
  const size = BigInt(base === 10 ? body : `${{ 16: '0x', 8: '0o', 2: '0b' }[base]}${body}`);
  // Beyond 64 bits it is a float, or not a number at all, in Go; a double has already lost its digits.
  return sign === '-' ? -Number(size) : Number(size);
}

/** Outside a double's range, go-yaml keeps the text. */
function finite(digits: string, text: string): Scalar {
  const value = Number(digits);
  return { value: Number.isFinite(value) ? value : text };
}

function fits(value: string | number | boolean | null, name: string | undefined): boolean {
  if (value === null) return name === 'null';
  if (typeof value === 'boolean') return name === 'bool';
  return typeof value === 'number' && (name === 'float' || (name === 'int' && Number.isInteger(value)));
}

function binary(text: string): Scalar {
  const compact = text.replaceAll(/[\r\n]/g, '');
  if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)) return { invalid: 'is no base64' };
  try {
    return { value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(compact, 'base64')) };
  } catch {
    return { invalid: 'holds bytes that are no text; JSON cannot express them' };
  }
}
