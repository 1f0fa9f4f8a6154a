import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KINDS } from '../../../lib/kube/kinds';
import { readinessOf } from '../../../lib/release/readiness';
import { objectOf } from './table';

it('says that nothing is there', () => {
  expect(readinessOf(undefined)).toMatchObject({ status: 'NotFound' });
});

it('always gives a status, whatever the object looks like, and never calls an older generation current', () => {
  const words = ['InProgress', 'Current', 'Failed', 'Terminating', 'Unknown'];
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), fc.object(), fc.object(), ({ apiVersion, kind }, spec, state) => {
      const object = { ...objectOf(apiVersion, kind), spec, status: state };
      expect(words).toContain(readinessOf(object).status);
      expect(readinessOf(object, { generation: 2 }).status).toBe('InProgress');
    }),
  );
});
