import { describe, expect, it } from 'vitest';
import type { Cell } from '../../lib/parity/matrix';
import { valuesOf } from '../../lib/parity/report';

const image = (tag: string) => `registry.company.com/team-fraud/fraud-model:${tag}`;
const shown = (values: readonly unknown[], width: number) => {
  const names = values.map((_, index) => `env${index}`);
  const cells = Object.fromEntries(values.map((value, index): [string, Cell] => [`env${index}`, { value }]));
  return valuesOf({ cells }, names, width);
};

describe('values of a row', () => {
  it('stay as they are while they fit', () => {
    expect(shown(['2', 3, { a: 1 }], 10)).toEqual(['2', '3', '{"a":1}']);
  });

  it('lose a common start, up to a separator, when they are long', () => {
    expect(shown([image('v2.1.0'), image('v2.2.0-rc1'), image('v2.1.0')], 28)).toEqual(['…v2.1.0', '…v2.2.0-rc1', '…v2.1.0']);
    expect(shown([`${'x'.repeat(40)}1`, `${'x'.repeat(40)}2`], 28)).toEqual(['…1', '…2']);
  });

  it('lose their end when the others are short, or equal', () => {
    expect(shown(['off', image('v2.1.0')], 10)).toEqual(['off', 'registry.…']);
    expect(shown([image('v2'), image('v2')], 10)).toEqual(['registry.…', 'registry.…']);
  });

  it('name what is not there', () => {
    expect(valuesOf({ cells: { dev: 'absent' } }, ['dev', 'prod'])).toEqual(['absent', '–']);
  });
});
