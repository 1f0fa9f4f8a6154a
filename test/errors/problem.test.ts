import { expect, it, vi } from 'vitest';

/** The errors of a copy of the package of their own. */
async function copy() {
  vi.resetModules();
  return { ...(await import('../../lib/errors/problem')), ...(await import('../../lib/client/errors')) };
}

it('two copies of the package know each other’s errors, and tell their kinds apart', async () => {
  const [one, other] = [await copy(), await copy()];
  expect(one.ApiError).not.toBe(other.ApiError);
  const problem = { code: 'USAGE', subject: 's', message: 'm', remedy: 'r' } as const;
  const errors = [
    new other.ServingError([problem]),
    new other.ApiError(404, { message: 'not found', reason: 'NotFound' }, 'get ConfigMap/a'),
    new other.TransportError('reset', 'broken', 'get ConfigMap/a', true),
    new Error('ApiError'),
  ];
  expect(
    errors.map((error) => [one.ServingError, one.ApiError, one.TransportError].map((kind) => error instanceof kind)),
  ).toEqual([
    [true, false, false],
    [true, true, false],
    [true, false, true],
    [false, false, false],
  ]);
  expect(errors.map(({ name }) => name)).toEqual(['ServingError', 'ApiError', 'TransportError', 'Error']);
});
