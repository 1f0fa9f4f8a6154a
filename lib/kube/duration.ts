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

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

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
  return Math.round(Number(amount) * SECONDS[unit as keyof typeof SECONDS]);
}
