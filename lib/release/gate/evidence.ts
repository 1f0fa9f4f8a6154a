import { GATE_EXIT, type GateReport, type Threshold, type Thresholds } from '../../kube/contract';
import { isFields } from '../json';

/** What has been seen of one run of a gate's Job. */
export interface GateRun {
  /** Whether this very Job (by uid) has reported Complete. */
  readonly complete: boolean;
  /** Why the run ended without anybody judging: evicted, node lost, Job deleted. */
  readonly lost?: string;
  /** Exit code of the gate's container; absent when it never ended. */
  readonly exitCode?: number;
  /** What it wrote to its termination log. */
  readonly report?: string;
}

/** One metric against its bounds. */
export interface JudgedMetric {
  /** Name of the metric. */
  readonly name: string;
  /** What was measured. */
  readonly value: number;
  /** Its bounds; nothing when it has none. */
  readonly threshold?: Threshold;
  /** Whether it is inside them. */
  readonly ok: boolean;
}

/** The judgement on a gate, and what it rests on. */
export interface Verdict {
  readonly passed: boolean;
  /** Why it did not pass, without the numbers' context; absent when it passed. */
  readonly reason?: string;
  readonly metrics: readonly JudgedMetric[];
  readonly samples?: number;
}

/** A termination message is cut at this length, so a longer one proves nothing. */
const MAX_REPORT_BYTES = 4096;

/**
 * Judges a gate's run. It passes only on proof: this Job complete, exit code 0, and every threshold met by a reported number.
 * Without thresholds the exit code is the proof, and metrics are noted when there are any.
 */
export function judge(run: GateRun, thresholds: Thresholds): Verdict {
  const report = parseReport(run.report);
  const metrics = typeof report === 'string' ? [] : judgeMetrics(report, thresholds);
  const numbers = { metrics, ...(typeof report !== 'string' && report.samples !== undefined ? { samples: report.samples } : {}) };
  const fail = (reason: string): Verdict => ({ passed: false, reason, ...numbers });
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
  return metrics.every(({ ok }) => ok)
    ? { passed: true, ...numbers }
    : fail(`does not meet its thresholds${missedText(metrics)}`);
}

/** The report of a gate, or why it is none. */
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
    return { v: 1, metrics, ...(typeof parsed.samples === 'number' ? { samples: parsed.samples } : {}) };
  } catch {
    return 'reported something that is not JSON';
  }
}

function judgeMetrics(report: GateReport, thresholds: Thresholds): readonly JudgedMetric[] {
  return Object.entries(report.metrics).map(([name, value]) => {
    const threshold = Object.hasOwn(thresholds, name) ? thresholds[name] : undefined;
    const ok = value >= (threshold?.min ?? Number.NEGATIVE_INFINITY) && value <= (threshold?.max ?? Number.POSITIVE_INFINITY);
    return { name, value, ok, ...(threshold === undefined ? {} : { threshold }) };
  });
}

function missedText(metrics: readonly JudgedMetric[]): string {
  const missed = metrics.filter(({ ok }) => !ok).map(describeMetric);
  return missed.length === 0 ? '' : `: ${missed.join(', ')}`;
}

/** One metric as people read it: `auc 0.941 (≥ 0.92)`, `p99 118 ms (≤ 150)` for `latencyP99Ms`. */
export function describeMetric({ name, value, threshold }: JudgedMetric): string {
  const latency = /^latency(P\d+)Ms$/.exec(name)?.[1];
  const shown = latency === undefined ? `${name} ${value}` : `${latency.toLowerCase()} ${value} ms`;
  const bounds = [
    ...(threshold?.min === undefined ? [] : [`≥ ${threshold.min}`]),
    ...(threshold?.max === undefined ? [] : [`≤ ${threshold.max}`]),
  ];
  return bounds.length === 0 ? shown : `${shown} (${bounds.join(', ')})`;
}
