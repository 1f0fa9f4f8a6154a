/**
 * Prefixes the digits of an integer that a double would lose, such as an int64 of a custom resource: the value is text in memory,
 * and a number again on the wire. No server or file can forge the prefix: half a surrogate pair is not a character, so Go never
 * writes it and the manifest reader rejects it.
 */
const MARK = '\ud800';

/** Whether a text may contain such an integer; other long runs of digits, in names and digests, follow other characters. */
const PERHAPS = /[:,[\s-]\d{16}/;

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

/** A marked integer as written by JSON.stringify and the YAML writers, except as a field name. */
const WRITTEN = /"(?:\\ud800|\ud800)(-?\d+)"(?!\s*:)|\ud800(?=-?\d)/g;

/** Parses JSON like JSON.parse, but keeps the digits of integers beyond 2^53. */
export function parseJson(text: string): unknown {
  if (!PERHAPS.test(text)) return JSON.parse(text);
  return JSON.parse(marked(text));
}

/** JSON with integers beyond 2^53 as numbers. */
export function toJson(value: unknown): string {
  return withDigits(JSON.stringify(value));
}

/** Printed text with marked integers as numbers. */
export function withDigits(text: string): string {
  return text.includes('\\ud800') || text.includes(MARK) ? text.replaceAll(WRITTEN, (_all, digits: string = '') => digits) : text;
}

/** JSON with large integers as marked texts. Strings are skipped in code: a pattern matching a long one overflows the stack. */
function marked(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const between = text.slice(at, quote < 0 ? undefined : quote);
    parts.push(between.replaceAll(NUMBER, (number) => (isLarge(number) ? `"\\ud800${number}"` : number)));
    at = quote < 0 ? text.length : endOfString(text, quote);
    if (quote >= 0) parts.push(text.slice(quote, at));
  }
  return parts.join('');
}

/** The position after the JSON string that starts at a position. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let before = quote - 1;
    while (text[before] === '\\') before--;
    if ((quote - before) % 2 === 1) return quote + 1;
    at = quote;
  }
  return text.length;
}

function isLarge(token: string): boolean {
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
}
