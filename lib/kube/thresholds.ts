import { editDistance } from '../errors/nearest';
import type { Threshold, Thresholds } from './contract';
import type { Forbidden } from './forbidden';
import { rangeOf } from './metrics';

/** A bound of a metric where higher is better. */
type Floor = Threshold &
  ({ readonly min: number } | { readonly max?: Forbidden<number, 'a higher value is better: give its min'> });
/** A bound of a metric where lower is better. */
type Ceiling = Threshold &
  ({ readonly max: number } | { readonly min?: Forbidden<number, 'a lower value is better: give its max'> });

/** Thresholds as users write them: the compiler knows which direction is better. */
export type GateThresholds = Thresholds & {
  readonly [K in 'auc' | 'f1' | 'accuracy' | 'precision' | 'recall']?: Floor;
} & { readonly [K in 'errorRate' | 'aucRegression']?: Ceiling } & {
  readonly [K in 'latency' | `latency${'P50' | 'P90' | 'P95' | 'P99'}`]?: Forbidden<
    Threshold,
    'a latency in milliseconds, such as latencyP99Ms'
  >;
} & Readonly<Record<`latency${string}`, Ceiling>>;

/** A mistake in a threshold. */
export interface ThresholdMistake {
  /** `auc.min`, relative to the thresholds. */
  readonly path: string;
  readonly message: string;
  readonly got?: unknown;
  readonly expected: string;
  readonly nearest?: string;
}

/** Common names of gate metrics. */
const KNOWN = ['auc', 'f1', 'accuracy', 'precision', 'recall', 'errorRate', 'latencyP99Ms', 'aucRegression'] as const;
const BETTER_HIGH = /^(roc|pr)?auc$|^f1(score)?$|^(accuracy|precision|recall|specificity|sensitivity)$/;
const BETTER_LOW = /^(latency|duration)|errorrate$|regression$|(ms|millis|seconds|latency|duration)$|^(log)?loss$|^r?mse$|^mae$/;

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The better direction of a metric, according to the meaning of its name; undefined for unknown names. */
function betterEnd(metric: string): 'min' | 'max' | undefined {
  const name = plain(metric);
  if (BETTER_HIGH.test(name)) return 'min';
  return BETTER_LOW.test(name) ? 'max' : undefined;
}

/** The mistakes in thresholds from any source. */
export function thresholdMistakes(thresholds: Thresholds): readonly ThresholdMistake[] {
  return Object.entries(thresholds).flatMap(([metric, threshold]): readonly ThresholdMistake[] => [
    ...nameMistakes(metric),
    ...directionMistakes(metric, threshold),
    ...(['min', 'max'] as const).flatMap((end) => boundMistakes(metric, end, threshold[end])),
  ]);
}

/** A misspelling or other spelling of a known name: no report would contain it. */
function nameMistakes(metric: string): readonly ThresholdMistake[] {
  const nearest = nearKnown(metric);
  if (nearest === undefined) return [];
  const expected = `${nearest}, or a name that is not nearly one of ${KNOWN.join(', ')}`;
  return [{ path: metric, message: 'nearly the name of a known metric', got: metric, expected, nearest }];
}

function nearKnown(metric: string): string | undefined {
  if ((KNOWN as readonly string[]).includes(metric) || /^latencyP\d+Ms$/.test(metric)) return undefined;
  const name = plain(metric);
  const digits = name.replaceAll(/\D/g, '');
  return KNOWN.find((known) => {
    const other = plain(known);
    if (name === other) return true;
    // Short names are similar by chance, and a different number is a different metric: f1 and f2, P95 and P99.
    return other.length >= 6 && digits === other.replaceAll(/\D/g, '') && editDistance(name, other, 3) <= 2;
  });
}

function directionMistakes(metric: string, { min, max }: Threshold): readonly ThresholdMistake[] {
  const end = betterEnd(metric);
  if (min !== undefined && max !== undefined && min > max)
    return [{ path: `${metric}.min`, message: 'the lowest value is above the highest', got: min, expected: `at most ${max}` }];
  if (end === 'min' && min === undefined && max !== undefined)
    return [{ path: `${metric}.max`, message: 'a higher value is better', got: max, expected: 'a min' }];
  if (end === 'max' && max === undefined && min !== undefined)
    return [{ path: `${metric}.min`, message: 'a lower value is better', got: min, expected: 'a max' }];
  return [];
}

function boundMistakes(metric: string, end: 'min' | 'max', value: number | undefined): readonly ThresholdMistake[] {
  if (value === undefined) return [];
  const share = rangeOf(metric)?.max === 1; // so that a bound of 92 is reported as a mistake for 0.92
  const time = end === 'max' && betterEnd(metric) === 'max' && /^latency|ms$|seconds$/.test(plain(metric));
  const fits =
    Number.isFinite(value) && (share ? value >= 0 && value <= 1 : time ? value > 0 : value >= 0 || rangeOf(metric) === undefined);
  if (fits) return [];
  const expected = share ? 'a share from 0 to 1' : time ? 'more than 0' : 'a finite number of at least 0';
  return [{ path: `${metric}.${end}`, message: 'out of range', got: value, expected }];
}
