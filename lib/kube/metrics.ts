/** The possible values of a metric. */
export interface MetricRange {
  readonly min: number;
  readonly max: number;
}

/** Metrics that are fractions, without the prefix of the measured version. */
const FRACTIONS = new Set(['auc', 'rocauc', 'prauc', 'f1', 'f1score', 'accuracy', 'precision', 'recall', 'errorrate']);

/** Metrics that are counts or durations. */
const NEVER_NEGATIVE = /^(latency|duration|count)|(ms|millis|seconds|latency|duration|count|bytes)$/;

/**
 * The possible values of a metric, according to the meaning of its name; undefined for unknown names. A report outside them is a
 * measurement error: 95 is not a valid AUC, and no latency is negative.
 */
export function rangeOf(metric: string): MetricRange | undefined {
  const name = metric.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (FRACTIONS.has(name.replace(/^(live|candidate|baseline)/, ''))) return { min: 0, max: 1 };
  return NEVER_NEGATIVE.test(name) ? { min: 0, max: Number.POSITIVE_INFINITY } : undefined;
}
