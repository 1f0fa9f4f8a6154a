import { describe, expect, it } from 'vitest';
import { oneLine } from '../../lib/cli/print/safe';
import { clockTime, cut, isTerminal, painter, wrap } from '../../lib/cli/print/style';

describe('colours', () => {
  const tty = { isTTY: true };
  it.each([
    ['a terminal', tty, {}, true],
    ['a pipe', {}, {}, false],
    ['NO_COLOR', tty, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR, which says nothing', tty, { NO_COLOR: '' }, true],
    ['FORCE_COLOR in a pipe', {}, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR against NO_COLOR', {}, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['FORCE_COLOR=0', tty, { FORCE_COLOR: '0' }, false],
    ['a CI system', tty, { CI: 'true' }, false],
    ['CI=false', tty, { CI: 'false' }, true],
    ['a terminal that can nothing', tty, { TERM: 'dumb' }, false],
  ] as const)('%s', (_, screen, env, coloured) => {
    expect(painter(screen, env)('good', 'x')).toBe(coloured ? '\u001b[32mx\u001b[39m' : 'x');
  });

  it('a block is drawn on terminals only', () => {
    expect([isTerminal(tty, {}), isTerminal(tty, { CI: '1' }), isTerminal(tty, { NO_COLOR: '1' }), isTerminal({}, {})]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('text', () => {
  it('of others is one line, and nothing a terminal would obey', () => {
    expect(oneLine('a\u001b[31mred\u001b[0m\r\n  b\tc\u0000\u009b5m ')).toBe('ared b c5m');
  });
  it('is cut to a width, and broken at spaces', () => {
    expect([cut('abcdef', 4), cut('abc', 4), cut('abc', 1), cut('abc', 0), cut('äöüß', 3)]).toEqual([
      'abc…',
      'abc',
      '…',
      '',
      'äö…',
    ]);
    expect(wrap('a bb ccc dddddddd e', 6)).toEqual(['a bb', 'ccc', 'dddddddd', 'e']);
  });
  it('tells time as a clock does', () => {
    expect([0, 999, 61_000, 3_600_000, 36_610_000, -5].map(clockTime)).toEqual([
      '0:00',
      '0:00',
      '1:01',
      '1:00:00',
      '10:10:10',
      '0:00',
    ]);
  });
});
