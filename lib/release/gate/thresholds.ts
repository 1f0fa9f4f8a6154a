import { GATE_EXIT, type GateReport, type Thresholds } from '../../kube/contract';
import { isFields } from '../../kube/fields';
import { type MetricRange, rangeOf } from '../../kube/metrics';
import type { JudgedMetric } from '../model/revision';

/** Observations of one run of a gate's Job. */
export interface GateRun {
  /** Whether exactly this Job (by uid) has reported Complete. */
  readonly complete: boolean;
  /** Why the run ended without a verdict: evicted, node lost, Job deleted. */
  readonly lost?: string;
  /** Exit code of the gate's container; absent when it never terminated. */
  readonly exitCode?: number;
  /** The content of its termination log. */
  readonly report?: string;
}

/** The verdict on a gate, with its basis. */
export interface GateVerdict {
  readonly passed: boolean;
  /** Why it did not pass, without the context of the numbers; absent when it passed. */
  readonly reason?: string;
  readonly metrics: readonly JudgedMetric[];
  readonly samples?: number;
}

/** What a report must contain besides numbers. */
export interface ReportDemands {
  /** Nonce that the report must name. @default - none */
  readonly nonce?: string;
  /** Minimum number of samples. @default - none */
  readonly minSamples?: number;
}

/** Termination messages are cut at this length, so a longer report proves nothing. */
const MAX_REPORT_BYTES = 4096;

/**
 * Judges a gate's run. It passes only on evidence: this Job complete, exit code 0, and every threshold met by a plausible
 * reported number, on enough samples, in a report that names the nonce of the run. Implausible numbers are inconclusive, not a
 * pass. Without thresholds the exit code decides, and any metrics are recorded.
 */
export function judge(run: GateRun, thresholds: Thresholds, demands: ReportDemands = {}): GateVerdict {
  const report = parseReport(run.report);
  const metrics = typeof report === 'string' ? [] : judgeMetrics(report, thresholds);
  const numbers = { metrics, ...(typeof report !== 'string' && report.samples !== undefined ? { samples: report.samples } : {}) };
  const fail = (reason: string): GateVerdict => ({ passed: false, reason, ...numbers });
  if (run.lost !== undefined) return fail(run.lost);
  if (run.exitCode === GATE_EXIT.belowThreshold) return fail(`reports that thresholds are not met${missedText(metrics)}`);
  if (run.exitCode === GATE_EXIT.inconclusive) return fail('is inconclusive: it could not measure enough (exit code 20)');
  if (run.exitCode !== undefined && run.exitCode !== 0) return fail(`is broken: it ended with exit code ${run.exitCode}`);
  if (!run.complete) return fail('did not complete');
  const bounded = Object.keys(thresholds);
  if (bounded.length === 0) return { passed: true, ...numbers };
  if (run.exitCode === undefined) return fail('completed, but its container has left no exit code');
  if (typeof report === 'string') return fail(report);
  const missing = bounded.filter((name) => !metrics.some((metric) => metric.name === name));
  if (missing.length > 0) return fail(`did not report ${missing.join(', ')}`);
  const doubt = doubtOf(report, thresholds, demands);
  if (doubt !== undefined) return fail(`is inconclusive: ${doubt}`);
  return metrics.every(({ ok }) => ok)
    ? { passed: true, ...numbers }
    : fail(`does not meet its thresholds${missedText(metrics)}`);
}

/** Parses the report of a gate; returns the reason when it is invalid. */
export function parseReport(text: string | undefined): GateReport | string {
  if (text === undefined || text.trim() === '') return 'reported no numbers';
  if (Buffer.byteLength(text) > MAX_REPORT_BYTES) return `reported more than ${MAX_REPORT_BYTES} bytes`;
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isFields(parsed) || parsed.v !== 1 || !isFields(parsed.metrics))
      return 'reported something that is not {"v":1,"metrics":{…}}';
    const metrics: Record<string, number> = {};
    for (const [name, value] of Object.entries(parsed.metrics)) {
      if (typeof value !== 'number' || !Number.isFinite(value)) return `reported ${name} as something that is not a number`;
      metrics[name] = value;
    }
    const { samples, nonce } = parsed;
    if (samples !== undefined && !Number.isSafeInteger(samples))
      return 'reported samples as something that is not a whole number';
    return {
      v: 1,
      metrics,
      ...(typeof samples === 'number' ? { samples } : {}),
      ...(typeof nonce === 'string' ? { nonce } : {}),
    };
  } catch {
    return 'reported something that is not JSON';
  }
}

/** Why a report proves nothing despite good numbers. */
function doubtOf({ metrics, samples, nonce }: GateReport, thresholds: Thresholds, demands: ReportDemands): string | undefined {
  const { minSamples } = demands;
  for (const [name, value] of Object.entries(metrics)) {
    const range = rangeFor(name, thresholds);
    if (range !== undefined && (value < range.min || value > range.max)) return `${name} cannot be ${value}`;
  }
  if (samples !== undefined && samples <= 0) return `it measured ${samples} samples`;
  if (minSamples !== undefined && samples === undefined)
    return `it does not say how many samples it measured (at least ${minSamples})`;
  if (minSamples !== undefined && samples !== undefined && samples < minSamples)
    return `it measured ${samples} samples, fewer than ${minSamples}`;
  if (demands.nonce === undefined || nonce === demands.nonce) return undefined;
  return nonce === undefined ? 'its report does not name the nonce in GATE_NONCE' : 'its report names the nonce of another run';
}

/** The possible values of a metric; a bound outside them shows that the name has another meaning here. */
function rangeFor(name: string, thresholds: Thresholds): MetricRange | undefined {
  const range = rangeOf(name);
  const { min = 0, max = 0 } = Object.hasOwn(thresholds, name) ? (thresholds[name] ?? {}) : {};
  const fits = range !== undefined && [min, max].every((bound) => bound >= range.min && bound <= range.max);
  return fits ? range : undefined;
}

function judgeMetrics(report: GateReport, thresholds: Thresholds): readonly JudgedMetric[] {
  return Object.entries(report.metrics).map(([name, value]) => {
    const threshold = Object.hasOwn(thresholds, name) ? thresholds[name] : undefined;
    const ok = value >= (threshold?.min ?? Number.NEGATIVE_INFINITY) && value <= (threshold?.max ?? Number.POSITIVE_INFINITY);
    return { name, value, ok, ...(threshold === undefined ? {} : { threshold }) };
  });
}

function missedText(metrics: readonly JudgedMetric[]): string {
  const missed = metrics.filter(({ ok }) => !ok).map(formatMetric);
  return missed.length === 0 ? '' : `: ${missed.join(', ')}`;
}

/** One metric in readable form: `auc 0.941 (≥ 0.92)`, `p99 118 ms (≤ 150)` for `latencyP99Ms`. */
export function formatMetric({ name, value, threshold }: JudgedMetric): string {
  const latency = /^latency(P\d+)Ms$/.exec(name)?.[1];
  const shown = latency === undefined ? `${name} ${value}` : `${latency.toLowerCase()} ${value} ms`;
  const bounds = [
    ...(threshold?.min === undefined ? [] : [`≥ ${threshold.min}`]),
    ...(threshold?.max === undefined ? [] : [`≤ ${threshold.max}`]),
  ];
  return bounds.length === 0 ? shown : `${shown} (${bounds.join(', ')})`;
}
