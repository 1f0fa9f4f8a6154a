/** The values that a metric can have. */
export interface MetricRange {
  readonly min: number;
  readonly max: number;
}

/** Metrics that are fractions, without the prefix of the version that they were measured on. */
const FRACTIONS = new Set(['auc', 'rocauc', 'prauc', 'f1', 'f1score', 'accuracy', 'precision', 'recall', 'errorrate']);

/** Metrics that count or take time. */
const NEVER_NEGATIVE = /^(latency|duration|count)|(ms|millis|seconds|latency|duration|count|bytes)$/;

/**
 * The values that a metric of this name can have at all, by what such names mean; nothing for names of unknown meaning. A report
 * outside of it is a mistake of measuring: 95 is no AUC, and no latency is negative.
 */
export function rangeOf(metric: string): MetricRange | undefined {
  const name = metric.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (FRACTIONS.has(name.replace(/^(live|candidate|baseline)/, ''))) return { min: 0, max: 1 };
  return NEVER_NEGATIVE.test(name) ? { min: 0, max: Number.POSITIVE_INFINITY } : undefined;
}
