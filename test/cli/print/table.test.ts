import { describe, expect, it } from 'vitest';
import { age } from '../../../lib/cli/print/age';
import { PLAIN, painter } from '../../../lib/cli/print/style';
import { table } from '../../../lib/cli/print/table';

const rows = [
  ['1', { text: 'deployed', tone: 'good' as const }, 'install of everything there is'],
  ['12', 'rejected', 'x'],
];

describe('a table', () => {
  it('has columns as wide as their content', () => {
    expect(table(['REVISION', 'STATUS', 'DESCRIPTION'], rows, PLAIN)).toBe(
      [
        'REVISION   STATUS     DESCRIPTION',
        '1          deployed   install of everything there is',
        '12         rejected   x',
      ].join('\n'),
    );
  });

  it('cuts the last column at a word', () => {
    const [, first = ''] = table(['REVISION', 'STATUS', 'DESCRIPTION'], rows, { ...PLAIN, width: 42 }).split('\n');
    expect(first).toBe('1          deployed   install of…');
  });

  it('keeps its columns when it is colored', () => {
    const paint = painter({ isTTY: true }, { FORCE_COLOR: '1' });
    const colored = table(['REVISION', 'STATUS', 'DESCRIPTION'], rows, { ...PLAIN, paint });
    expect(colored).toContain('\u001b[32mdeployed\u001b[39m   install');
  });
});

it.each([
  [0, '0s ago'],
  [119_000, '119s ago'],
  [120_000, '2m ago'],
  [3 * 3_600_000, '3h ago'],
  [50 * 3_600_000, '2d ago'],
])('says %d ms as %s', (ms, text) => {
  const now = Date.parse('2026-01-31T00:00:00Z');
  expect(age(new Date(now - ms).toISOString(), now)).toBe(text);
});

it('shows what is no time as it is', () => expect(age('yesterday', 0)).toBe('yesterday'));
