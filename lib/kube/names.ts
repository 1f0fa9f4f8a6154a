import { createHash } from 'node:crypto';
import type { Problem } from '../errors/problem';
import { canonical } from './canonical';

/** The longest name that also fits into a label and a Service. */
const MAX = 63;

/** Whether a text is a DNS label: lower-case letters, digits and dashes, at most 63 characters. @see RFC 1123 */
export function isDnsLabel(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

/** Ten hexadecimal digits that follow from the content: equal content, equal digits, in whatever order its keys were written. */
export function contentHash(content: unknown): string {
  return createHash('sha256').update(canonical(content)).digest('hex').slice(0, 10);
}

/**
 * Joins the parts of a name with dashes. A name over 63 characters is cut in front and given a hash of the whole, after its
 * suffix has been added: it stays unique, and the suffix stays whole.
 */
export function joinName(base: string, ...suffixes: readonly string[]): string {
  const suffix = suffixes.filter((part) => part !== '').join('-');
  const whole = suffix === '' ? base : `${base}-${suffix}`;
  if (whole.length <= MAX) return whole;
  const tail = `-${contentHash(whole).slice(0, 6)}${suffix === '' ? '' : `-${suffix}`}`;
  return base.slice(0, Math.max(1, MAX - tail.length)).replace(/-+$/, '') + tail;
}

/** What is wrong with the name of an object; nothing when it is a DNS label. */
export function nameProblems(name: string): readonly Omit<Problem, 'subject'>[] {
  if (isDnsLabel(name)) return [];
  const expected = 'lower-case letters, digits and dashes, at most 63, with a letter or digit at both ends';
  const remedy = 'Rename the construct, or give it a `name`.';
  return [{ code: 'INVALID_NAME', message: 'invalid Kubernetes name', got: name, expected, remedy }];
}

/** A text as the value of a label: what a label does not take is replaced, and the rest cut. */
export function labelValue(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_.-]/g, '_').slice(0, 63);
}
