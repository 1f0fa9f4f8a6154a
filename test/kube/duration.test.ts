import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../../lib/kube/duration';

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['2w', 14 * 86_400_000],
    ['1y1d', 366 * 86_400_000],
  ])('reads %s in milliseconds', (text, expected) => {
    expect(milliseconds(text)).toBe(expected);
  });

  it.each(['', '10', 'soon', '5 m', '-5s', '1h30', '3x'])('reads no duration in %j', (text) => {
    expect(milliseconds(text)).toBeUndefined();
  });

  it('gives the whole seconds of a prop, and refuses other texts', () => {
    expect([seconds('5m'), seconds('1.6s')]).toEqual([300, 2]);
    expect(() => seconds('5 minutes')).toThrow(/INVALID_VALUE|not a duration/);
  });
});
