import fc from 'fast-check';
import { expect, it } from 'vitest';
import { at, canonical, digestOf, fieldsAt, grouped, listAt, numberAt, textAt, without } from '../../lib/release/json';

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

it('gives names to content: 24 characters that fit into an object name', () => {
  expect(digestOf('a')).toMatch(/^[0-9a-f]{24}$/);
  expect(digestOf('a')).not.toBe(digestOf('b'));
});

it('reads paths without trusting what is there', () => {
  const value = { a: { list: [1], text: 'x', number: 2 } };
  expect(at(value, 'a', 'list')).toEqual([1]);
  expect(at(value, 'a', 'list', 'b')).toBeUndefined();
  expect(listAt(value, 'a', 'text')).toEqual([]);
  expect(fieldsAt(value, 'a', 'list')).toEqual({});
  expect(textAt(value, 'a', 'number')).toBeUndefined();
  expect(numberAt(value, 'a', 'text')).toBeUndefined();
  expect([textAt(value, 'a', 'text'), numberAt(value, 'a', 'number')]).toEqual(['x', 2]);
  expect(without(value.a, 'list')).toEqual({ text: 'x', number: 2 });
});

it('groups by rank, lowest first, keeping the order inside', () => {
  expect(grouped([3, 1, 2, 13, 11], (n) => n % 10)).toEqual([[1, 11], [2], [3, 13]]);
});
