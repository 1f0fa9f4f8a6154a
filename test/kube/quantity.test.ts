import { expect, test } from 'vitest';
import { canonicalQuantity, quantityOf, quantityValue } from '../../lib/kube/quantity';

test.each([
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1024Mi', '1Gi'],
  ['1536Mi', '1536Mi'],
  ['2000', '2k'],
  ['1e3', '1e3'],
  ['0', '0'],
  ['1.5Gi', '1536Mi'],
  ['-1', '-1'],
])('%s is spelled %s', (given, spelled) => {
  expect(canonicalQuantity(given)).toBe(spelled);
});

test('what is no quantity', () => {
  expect(['x', '', '1 Gi', '1GB', '.'].map(canonicalQuantity)).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test('as numbers and back', () => {
  expect([quantityValue('250m'), quantityValue('1Ki'), quantityOf(0.25), quantityOf(3)]).toEqual([0.25, 1024, '250m', '3']);
});
