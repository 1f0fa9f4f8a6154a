import type { ProblemCode } from './codes';
import { nearestName } from './nearest';
import type { Problem } from './problem';

/** The problem of an unknown name, with the nearest known one. */
export function unknownName(
  code: ProblemCode,
  subject: string,
  got: string,
  valid: readonly string[],
  remedy = 'Correct the name.',
): Problem {
  const nearest = nearestName(got, valid);
  const expected = `one of ${valid.join(', ')}`;
  return { code, subject, message: 'there is none of that name', got, expected, remedy, ...(nearest ? { nearest } : {}) };
}
