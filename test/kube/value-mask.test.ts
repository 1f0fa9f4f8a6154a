import { expect, it } from 'vitest';
import { maskOf, maskTexts } from '../../lib/kube/value-mask';

it('takes values out of a text in every form, the longest first', () => {
  const mask = maskOf(['hunter2', 'hunter2-more', Buffer.from('from-base64').toString('base64'), 'a "quote"', 4711]);
  expect(mask?.('hunter2-more')).toBe('***');
  expect(mask?.(`x hunter2 ${Buffer.from('hunter2').toString('base64')} from-base64 a \\"quote\\" 4711`)).toBe(
    'x *** *** *** *** ***',
  );
});

it('leaves short values alone where it is told to, and is nothing without values', () => {
  expect(maskOf(['root', 'longer'], 6)?.('root longer')).toBe('root ***');
  expect(maskOf(['root'], 40)).toBeUndefined();
  expect(maskOf([])).toBeUndefined();
});

it('masks texts at any depth, but for fields that name something', () => {
  const mask = (text: string) => text.replaceAll('x', '*');
  expect(maskTexts({ name: 'x', list: ['x', { got: 'axa' }], count: 1 }, mask, ['name'])).toEqual({
    name: 'x',
    list: ['*', { got: 'a*a' }],
    count: 1,
  });
});
