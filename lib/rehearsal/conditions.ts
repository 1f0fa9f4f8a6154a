import { GATE_EXIT, type GateReport, THRESHOLDS_ANNOTATION, type Thresholds } from '../kube/contract';
import { fieldsAt, isFields, listAt, numberAt, textAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';
import type { PodBehavior, Sandbox } from '../sandbox';

/** Pods of a new version that a condition affects: serving pods, or those of its gates. */
export type Meets = 'serving' | 'gate';

/** A failure condition of a release: the behavior of the new version's pods. */
export interface Condition {
  /** Short description. */
  readonly name: string;
  /** Affected pods. */
  readonly meets: Meets;
  /** Behavior of the pods. */
  readonly podBehavior: Partial<PodBehavior>;
  /** Rollout timeout, for conditions that would otherwise be waited out. @default - as long as there is progress */
  readonly timeoutMs?: number;
}

/** The new version starts, but its readiness probe never succeeds. */
export function probeNeverReady(options: { readonly timeoutMs?: number } = {}): Condition {
  return { name: 'the probe is never ready', meets: 'serving', podBehavior: { outcome: 'unready' }, ...options };
}

/** The image of the new version cannot be pulled. */
export function imageNotFound(): Condition {
  return { name: 'the image is missing', meets: 'serving', podBehavior: { outcome: 'image-not-found' } };
}

/** The new version exits repeatedly soon after its start. */
export function crashLoop(options: { readonly exitCode?: number; readonly logs?: readonly string[] } = {}): Condition {
  const { exitCode = 1, logs = ['starting', 'loading model', 'fatal: the model cannot be loaded'] } = options;
  return { name: 'the container crashes', meets: 'serving', podBehavior: { outcome: 'crash', exitCode, logs } };
}

/** The gates of the new version report these metrics. */
export function gateReports(metrics: GateReport['metrics'], samples?: number): Condition {
  const report: GateReport = { v: 1, metrics, ...(samples === undefined ? {} : { samples }) };
  const podBehavior = { outcome: 'complete', exitCode: GATE_EXIT.measured, terminationMessage: JSON.stringify(report) } as const;
  return { name: `a gate reports ${JSON.stringify(metrics)}`, meets: 'gate', podBehavior };
}

/** Job of a pod, if it has one; in a release, those are its gates. */
export function jobOf(pod: unknown): string | undefined {
  const owner = listAt(pod, 'metadata', 'ownerReferences').find((reference) => textAt(reference, 'kind') === 'Job');
  return textAt(owner, 'name');
}

/** Default report of a gate's pod: metrics that meet or miss the thresholds of its Job. */
export function gateScript(sandbox: Sandbox, pod: unknown, passes: boolean): Partial<PodBehavior> {
  const job = sandbox.get('batch/v1', 'Job', textAt(pod, 'metadata', 'namespace') ?? '', jobOf(pod) ?? '');
  const thresholds = thresholdsOf(job);
  if (Object.keys(thresholds).length === 0) return passes ? {} : { outcome: 'fail', exitCode: GATE_EXIT.belowThreshold };
  const report: GateReport = { v: 1, metrics: metricsFor(thresholds, passes), samples: 20_000 };
  return { outcome: 'complete', terminationMessage: JSON.stringify(report) };
}

function thresholdsOf(job: KubeObject | undefined): Thresholds {
  const parsed: unknown = JSON.parse(job?.metadata.annotations?.[THRESHOLDS_ANNOTATION] ?? '{}');
  const bounds = Object.entries(isFields(parsed) ? parsed : {}).map(([metric, value]) => {
    const bound = fieldsAt(value);
    const [min, max] = [numberAt(bound, 'min'), numberAt(bound, 'max')];
    return [metric, { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }] as const;
  });
  return Object.fromEntries(bounds);
}

/** Metrics within the bounds; if they should miss, the first metric is outside. */
function metricsFor(thresholds: Thresholds, passes: boolean): GateReport['metrics'] {
  const metrics = Object.entries(thresholds).map(([metric, { min, max }], index) => {
    const inside = min === undefined ? (max ?? 0) * 0.8 : min + ((max ?? Math.max(1, min)) - min) * 0.3;
    const outside = min === undefined ? (max ?? 0) * 1.5 + 1 : min - Math.abs(min) * 0.1 - (min === 0 ? 1 : 0);
    return [metric, Math.round((passes || index > 0 ? inside : outside) * 1000) / 1000] as const;
  });
  return Object.fromEntries(metrics);
}
