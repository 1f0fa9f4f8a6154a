import { expect, it } from 'vitest';
import { at, fieldsAt, listAt, numberAt, textAt, without } from '../../lib/kube/fields';

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
