import type { Duration } from 'cdk8s';
import { ServingError } from '../errors/problem';
import type { Texts } from './texts';

/** How often an operator reads a secret again. */
export type RefreshInterval = Texts['refreshInterval'];

/** Seconds, minutes or hours as text: `'90s'`, `'5m'`, `'1h'`. */
export type DurationText = Texts['duration'];

/** Type of time props in constructs: a text such as `'5m'`, or a cdk8s `Duration`. */
export type DurationLike = Texts['durationLike'];

/** Whether a value is a `Duration` from any copy of cdk8s. */
export function isDuration(value: unknown): value is Duration {
  return typeof value === 'object' && value !== null && 'toSeconds' in value;
}

const MILLISECONDS: ReadonlyMap<string, number> = new Map([
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]);

/** The milliseconds of a duration with several units, such as `1h30m`; undefined for any other text. */
export function milliseconds(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[ywdhms])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (MILLISECONDS.get(unit) ?? 0), 0);
}

/**
 * A duration in whole seconds. Throws a `ServingError` for invalid text, which only plain JavaScript can pass. Negative values
 * are accepted here, so that they are reported together with other problems.
 */
export function seconds(duration: string | Duration): number {
  if (isDuration(duration)) return duration.toSeconds();
  // Code that was emitted in spite of the compiler's errors may pass anything.
  const match = /^(-?\d+(?:\.\d+)?)([smh])$/.exec(String(duration));
  if (match === null) {
    const expected = 'a text such as 90s, 5m or 1h';
    throw new ServingError([
      { code: 'INVALID_VALUE', subject: 'config', message: 'not a duration', got: duration, expected, remedy: 'Correct it.' },
    ]);
  }
  const [, amount = '0', unit = 's'] = match;
  return Math.round((Number(amount) * (MILLISECONDS.get(unit) ?? 0)) / 1000);
}
