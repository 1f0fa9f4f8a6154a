import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Progress } from '../../../lib/release/rollout/progress';

const object = (status: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', namespace: 'n' },
  status,
});

it('counts what grows, and what is new', () => {
  const progress = new Progress();
  expect(progress.has(object({ readyReplicas: 1 }), [])).toBe(true);
  expect(progress.has(object({ readyReplicas: 1 }), [])).toBe(false);
  expect(progress.has(object({ readyReplicas: 0 }), [])).toBe(false);
  expect(progress.has(object({ readyReplicas: 1 }), [])).toBe(false);
  expect(progress.has(object({ readyReplicas: 2 }), [])).toBe(true);
  expect(progress.has(object({ unavailableReplicas: 3 }), [])).toBe(true);
  expect(progress.has(object({ unavailableReplicas: 2 }), [])).toBe(true);
  expect(progress.has(object({ unavailableReplicas: 3 }), [])).toBe(false);
  expect(progress.has(object({}), [{ name: 'p', phase: 'pulling', message: 'x' }])).toBe(true);
  expect(progress.has(object({}), [{ name: 'q', phase: 'pulling', message: 'y' }])).toBe(false);
});

it('comes to an end whatever messages, reasons and values alternate', () => {
  const condition = fc.record({
    type: fc.constantFrom('Available', 'Progressing'),
    status: fc.constantFrom('True', 'False'),
    reason: fc.string(),
    message: fc.string(),
  });
  const status = fc.record({ readyReplicas: fc.nat(5), conditions: fc.array(condition, { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(status, { minLength: 50, maxLength: 60 }), (states) => {
      const progress = new Progress();
      const moves = states.filter((state) => progress.has(object(state), [])).length;
      expect(moves).toBeLessThanOrEqual(6 + 4);
    }),
  );
});
