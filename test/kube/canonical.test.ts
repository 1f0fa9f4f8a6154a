import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonical } from '../../lib/kube/canonical';

it('gives equal values equal text, whatever the order of their keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonical(reversed)).toBe(canonical(value));
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(canonical({ a: undefined, b: [1, { d: 1, c: null }] })).toBe('{"b":[1,{"c":null,"d":1}]}');
});
