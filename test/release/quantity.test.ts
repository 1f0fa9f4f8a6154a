import { expect, it } from 'vitest';
import { add, quantitiesOf, quantity } from '../../lib/release/quantity';

it.each([
  ['500m', 0.5],
  ['2', 2],
  [3, 3],
  ['1Gi', 1073741824],
  ['1G', 1e9],
  ['1.5k', 1500],
  ['1e3', 1000],
  ['100u', 1e-4],
  ['nonsense', 0],
])('reads %s', (text, number) => {
  expect(quantity(text)).toBeCloseTo(number, 9);
});

it('adds resource by resource', () => {
  expect(add(quantitiesOf({ cpu: '500m', memory: '1Ki' }), { cpu: 1, 'nvidia.com/gpu': 2 })).toEqual({
    cpu: 1.5,
    memory: 1024,
    'nvidia.com/gpu': 2,
  });
});
