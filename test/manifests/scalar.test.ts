import { expect, it } from 'vitest';
import { resolveScalar } from '../../lib/manifests/scalar';

// Each line was read by kubectl 1.35.
it.each([
  ['0400', 256],
  ['0o17', 15],
  ['017', 15],
  ['08', 8],
  ['0x1F', 31],
  ['-0b11', -3],
  ['1_0', 10],
  ['_1', '_1'],
  ['1e999', '1e999'],
  ['.5', 0.5],
  ['1.', 1],
  ['yes', true],
  ['y', true],
  ['Off', false],
  ['tRue', 'tRue'],
  ['~', null],
  ['', null],
  ['190:20:30', '190:20:30'],
  ['2001-01-01', '2001-01-01'],
])('reads %s as kubectl does', (text, value) => {
  expect(resolveScalar(text, true)).toEqual({ value });
  expect(resolveScalar(text, false)).toEqual({ value: text });
});

it('refuses integers that a double would change', () => {
  expect(resolveScalar('9007199254740991', true)).toEqual({ value: 9007199254740991 });
  expect(resolveScalar('9007199254740993', true)).toEqual({ unsafe: true });
  expect(resolveScalar('0xFFFFFFFFFFFFFFFF', true)).toEqual({ unsafe: true });
});

it('follows tags', () => {
  const tag = (name: string) => `tag:yaml.org,2002:${name}`;
  expect(resolveScalar('12', true, tag('str'))).toEqual({ value: '12' });
  expect(resolveScalar('3', false, tag('int'))).toEqual({ value: 3 });
  expect(resolveScalar('3', true, tag('float'))).toEqual({ value: 3 });
  expect(resolveScalar('aGk=', true, tag('binary'))).toEqual({ value: 'hi' });
  expect(resolveScalar('x', true, tag('int'))).toEqual({ invalid: 'is no int' });
  expect(resolveScalar('/w==', true, tag('binary'))).toHaveProperty('invalid');
});
