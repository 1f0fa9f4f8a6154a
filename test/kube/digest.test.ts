import { expect, it } from 'vitest';
import { digestOf } from '../../lib/kube/digest';

it('gives names to content: 24 characters that fit into an object name', () => {
  expect(digestOf('a')).toMatch(/^[0-9a-f]{24}$/);
  expect(digestOf('a')).not.toBe(digestOf('b'));
});
