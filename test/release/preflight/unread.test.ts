import { expect, it } from 'vitest';
import { ApiError, TransportError } from '../../../lib/client/errors';
import { ServingError } from '../../../lib/errors/problem';
import { unread } from '../../../lib/release/preflight/unread';

const answered = (status: number) => new ApiError(status, {}, 'list Secret');
const unserved = new ServingError([
  {
    code: 'KIND_NOT_SERVED',
    subject: 'ValidatingAdmissionPolicy',
    message: 'the cluster does not know this kind',
    remedy: 'Install it.',
  },
]);

it.each([
  [403, 'forbidden', answered(403)],
  [401, 'forbidden', answered(401)],
  [404, 'unserved', answered(404)],
  [501, 'unserved', answered(501)],
  ['a kind that the cluster does not serve', 'unserved', unserved],
])('tells from %s that objects are %s', (_answer, why, error) => {
  expect(unread(error)).toBe(why);
});

it.each([answered(500), new TransportError('timeout', 'no response', 'list Secret', true), new Error('a bug')])(
  'throws every other error: %s',
  (error) => {
    expect(() => unread(error)).toThrow(error);
  },
);
