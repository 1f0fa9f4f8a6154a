import { expect, it } from 'vitest';
import { ApiError, TransportError } from '../../lib/client';
import { parseStatus } from '../../lib/client/errors';

it('says in one line what happened to which object', () => {
  const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl" using apps/v1', field: '.spec.replicas' }];
  const conflict = new ApiError(
    409,
    { reason: 'Conflict', message: 'Apply failed with 1 conflict:\n- .spec.replicas.', details: { causes } },
    'apply Deployment/m',
  );
  expect(conflict.message).toBe(
    'apply Deployment/m: 409 Conflict: Apply failed with 1 conflict: - .spec.replicas. Look at what has changed since, or who else owns the field. [API_REFUSED]',
  );
  expect(conflict).toMatchObject({ fieldConflict: true, stale: false, causes });
  expect(new TransportError('reset', 'ECONNRESET', 'https://x', true).about('get Pod/p').message).toBe(
    'get Pod/p: the connection broke off: ECONNRESET. Check that the API server can be reached. [API_UNREACHABLE]',
  );
});

it.each([
  [409, [], true],
  [422, [{ field: 'metadata.uid' }], true],
  [422, [{ field: 'spec.selector' }], false],
  [403, [], false],
])('tells an object that is not the one that was seen: %i %j', (status, causes, stale) => {
  expect(new ApiError(status, { details: { causes } }, 'x').stale).toBe(stale);
});

it('makes the best of an answer that is no Status', () => {
  expect(parseStatus('404 page not found\n')).toEqual({ message: '404 page not found' });
  expect(parseStatus('{"kind":"Other"}')).toEqual({ message: '{"kind":"Other"}' });
  expect(new ApiError(502, parseStatus(`<html>${'x'.repeat(500)}`), 'get Pod/p').message.length).toBeLessThan(400);
});
