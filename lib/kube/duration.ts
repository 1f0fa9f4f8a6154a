import type { Duration } from 'cdk8s';

/** Seconds, minutes or hours as text: `'90s'`, `'5m'`, `'1h'`. */
export type DurationText = `${number}${'s' | 'm' | 'h'}`;

/** Where a construct takes a time: a text such as `'5m'`, or a cdk8s `Duration`. */
export type DurationLike = DurationText | Duration;

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** A duration in whole seconds. Throws a `RangeError` on text that is no duration; schemas and types keep that from users. */
export function seconds(duration: DurationLike): number {
  if (typeof duration !== 'string') return duration.toSeconds();
  const match = /^(\d+(?:\.\d+)?)([smh])$/.exec(duration);
  if (match === null) throw new RangeError(`not a duration: ${JSON.stringify(duration)}; write it as 90s, 5m or 1h`);
  const [, amount = '0', unit = 's'] = match;
  return Math.round(Number(amount) * SECONDS[unit as keyof typeof SECONDS]);
}
