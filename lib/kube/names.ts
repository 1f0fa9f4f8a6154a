import { createHash } from 'node:crypto';
import type { Problem } from '../errors/problem';
import { canonical } from './canonical';

/** The maximum name length that is also valid for labels and Services. */
const MAX = 63;

/** Whether a text is a DNS label: lower-case letters, digits and dashes, at most 63 characters. @see RFC 1123 */
export function isDnsLabel(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

/** Ten hexadecimal digits derived from the content: equal content produces equal digits, regardless of key order. */
export function contentHash(content: unknown): string {
  return createHash('sha256').update(canonical(content)).digest('hex').slice(0, 10);
}

/**
 * Joins the parts of a name with dashes. A name over 63 characters is truncated before its suffix and given a hash of the full
 * name: it stays unique, and the suffix stays whole.
 */
export function joinName(base: string, ...suffixes: readonly string[]): string {
  const suffix = suffixes.filter((part) => part !== '').join('-');
  const whole = suffix === '' ? base : `${base}-${suffix}`;
  if (whole.length <= MAX) return whole;
  const tail = `-${contentHash(whole).slice(0, 6)}${suffix === '' ? '' : `-${suffix}`}`;
  return base.slice(0, Math.max(1, MAX - tail.length)).replace(/-+$/, '') + tail;
}

/** The problems of an object name; empty when it is a DNS label. */
export function nameProblems(name: string): readonly Omit<Problem, 'subject'>[] {
  if (isDnsLabel(name)) return [];
  const expected = 'lower-case letters, digits and dashes, at most 63, with a letter or digit at both ends';
  const remedy = 'Rename the construct, or give it a `name`.';
  return [{ code: 'INVALID_NAME', message: 'invalid Kubernetes name', got: name, expected, remedy }];
}

/** A text as a label value: invalid characters are replaced, excess length is cut. */
export function labelValue(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_.-]/g, '_').slice(0, 63);
}
