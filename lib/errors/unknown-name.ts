import type { ProblemCode } from './codes';
import { nearestName } from './nearest';
import type { Problem } from './problem';

/** The problem of a name that is not among those there are, with the nearest that is. */
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
