import { editDistance } from './nearest';

/** Words that are near each other and that people set beside each other. */
const PAIRS = ['internal external', 'http https', 'int ext', 'public publish', 'prod pro', 'test text', 'read ready'];

/**
 * The valid name of which a name can only be a misspelling: one word of it has a letter too much, too few or wrong, or two of them
 * swapped. Unlike the nearest name, which is a suggestion, this is a reason: `gateway-2` beside `gateway-1`, `external` beside
 * `internal` and `ai-gateway` beside `my-gateway` are names of something else.
 */
export function misspelled(name: string, valid: Iterable<string>): string | undefined {
  for (const candidate of valid) if (isMisspelling(name, candidate)) return candidate;
  return undefined;
}

function isMisspelling(name: string, candidate: string): boolean {
  const [words, others] = [name.split(/[-._]/), candidate.split(/[-._]/)];
  // A separator that is missing or another.
  if (words.join('') === others.join('')) return name !== candidate;
  if (words.length !== others.length) return false;
  const differing = words.flatMap((word, index) => (word === others[index] ? [] : [[word, others[index] ?? ''] as const]));
  const [pair, ...more] = differing;
  return pair !== undefined && more.length === 0 && isSlip(...pair);
}

function isSlip(word: string, other: string): boolean {
  if (/\d/.test(word + other) || PAIRS.some((pair) => pair === `${word} ${other}` || pair === `${other} ${word}`)) return false;
  // A word and its plural are a slip, words of two letters are not.
  if (Math.min(word.length, other.length) < 4) return false;
  const distance = editDistance(word, other, 3);
  return distance === 1 || (distance === 2 && (swapped(word, other) || Math.min(word.length, other.length) >= 8));
}

/** Whether both have the same letters. */
function swapped(word: string, other: string): boolean {
  return [...word].sort().join('') === [...other].sort().join('');
}
