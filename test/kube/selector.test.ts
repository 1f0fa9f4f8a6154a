import { expect, it } from 'vitest';
import { matchesSelector } from '../../lib/kube/selector';

const labels = { app: 'fraud', tier: '3' };
it.each([
  [{}, true],
  [{ matchLabels: { app: 'fraud' } }, true],
  [{ matchLabels: { app: 'fraud', zone: 'a' } }, false],
  [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'fraud'] }] }, true],
  [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['fraud'] }] }, false],
  [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
  [{ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true],
  [{ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
  [{ matchExpressions: [{ key: 'tier', operator: 'Gt', values: ['2'] }] }, true],
  [{ matchExpressions: [{ key: 'tier', operator: 'Lt', values: ['2'] }] }, false],
])('%j: %s', (selector, matches) => {
  expect(matchesSelector(labels, selector)).toBe(matches);
});
