import type { ProblemCode } from '../errors/codes';
import { nearestName } from '../errors/nearest';
import { ServingError } from '../errors/problem';

/** The error for a name that is not among those there are, with the nearest that is. */
export function unknownName(
  code: ProblemCode,
  subject: string,
  got: string,
  valid: readonly string[],
  remedy = 'Correct the name.',
): ServingError {
  const nearest = nearestName(got, valid);
  return new ServingError([
    {
      code,
      subject,
      message: 'there is nothing of that name',
      got,
      expected: `one of ${valid.join(', ')}`,
      remedy,
      ...(nearest === undefined ? {} : { nearest }),
    },
  ]);
}
