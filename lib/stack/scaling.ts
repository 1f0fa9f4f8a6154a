import type { SpecOf } from '../kube/api-types';
import { type DurationLike, seconds } from '../kube/duration';
import type { Forbidden } from '../kube/forbidden';
import type { HttpUrl } from '../kube/host';
import { type LoadSignal, metricName } from '../runtimes/metrics';

/** Number of pods of a component: fixed, or set by an autoscaler. Never both: each apply would reset the autoscaler's value. */
export type Scaling =
  | {
      readonly replicas?: Forbidden<number, EitherCount>;
      /** Autoscaler settings. @default - none */
      readonly autoscaling: Autoscaling;
    }
  | {
      /** Fixed number of pods. @default 1 */
      readonly replicas?: number;
      readonly autoscaling?: Forbidden<Autoscaling, EitherCount>;
    };

type EitherCount = 'replicas or autoscaling: an autoscaler owns the count';
type OneSource = 'an autoscaler goes by cpu or by a metric';

/**
 * Rate at which an autoscaler scales.
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
 */
export interface ScalingSpeed {
  /** Stabilization window. @default - up: none; down: 5m, at least the startup time of a pod */
  readonly after?: DurationLike;
  /** Maximum number of pods per period. @default - no limit */
  readonly pods?: number;
  /** Maximum percentage of the pods per period. @default - no limit */
  readonly percent?: number;
  /** Period of `pods` and `percent`. @default '1m' */
  readonly every?: DurationLike;
}

/** Rates at which an autoscaler scales up and down. */
export interface ScalingBehavior {
  /** Scale-up. @default - immediate */
  readonly up?: ScalingSpeed;
  /** Scale-down. @default - after 5m, at least the startup time of a pod */
  readonly down?: ScalingSpeed;
}

/** Bounds and target of an autoscaler. @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
export type Autoscaling = {
  /** Minimum number of pods. */
  readonly min: number;
  /** Maximum number of pods. */
  readonly max: number;
  /** Scaling rates. @default - up at once, down after 5m, at least the startup time of a pod */
  readonly behavior?: ScalingBehavior;
} & (
  | {
      /** Target average CPU utilization, in percent of the request. */
      readonly cpu: number;
      /** Metric of the pods, instead of CPU. @default - none */
      readonly metric?: Forbidden<ScalingMetric, OneSource>;
      /** Load signal, instead of CPU or a series. @default - none */
      readonly on?: Forbidden<LoadSignal, OneSource>;
    }
  | {
      readonly cpu?: Forbidden<number, OneSource>;
      /** Metric of the pods, instead of CPU. @default - none */
      readonly metric: ScalingMetric;
      /** Load signal, instead of CPU or a series. @default - none */
      readonly on?: Forbidden<LoadSignal, OneSource>;
    }
  | {
      readonly cpu?: Forbidden<number, OneSource>;
      readonly metric?: Forbidden<ScalingMetric, OneSource>;
      /** Load signal; the runtime knows the series. */
      readonly on: LoadSignal;
      /** Target value per pod. */
      readonly target: number;
      /** Source of the metric: KEDA with Prometheus, or an adapter that serves the metrics API. */
      readonly by: { readonly keda: KedaOptions } | { readonly adapter: true };
    }
);

/** An autoscaler that scales on a load signal. */
export type SignalScaling = Extract<Autoscaling, { readonly on: LoadSignal }>;

/** What holds requests while there are no pods: a queue or a gateway outside the pods. */
export interface ToZero {
  /**
   * PromQL for the number of waiting requests; above 0 it starts the first pods. It must not be a metric of the pods themselves.
   */
  readonly waiting: string;
}

/** A recurring time with at least a number of pods. @see https://keda.sh/docs/latest/scalers/cron/ */
export interface Schedule {
  /** Time zone of the IANA database, `Europe/Berlin`. */
  readonly timezone: string;
  /** Start as a cron expression, `0 8 * * 1-5`. */
  readonly start: string;
  /** End as a cron expression, `0 18 * * 1-5`. */
  readonly end: string;
  /** Minimum number of pods from start to end. */
  readonly replicas: number;
}

/** Settings for a ScaledObject. @see https://keda.sh/docs/latest/reference/scaledobject-spec/ */
export interface KedaOptions {
  /** Prometheus URL, as KEDA reaches it. */
  readonly prometheus: HttpUrl;
  /** A TriggerAuthentication for Prometheus, or a ClusterTriggerAuthentication. @default - none */
  readonly authentication?: string | { readonly cluster: string };
  /** Polling interval. @default '15s' */
  readonly polling?: DurationLike;
  /** With `toZero`: time without load before scaling to zero; at least the startup time of a pod. @default - 5m, or that time */
  readonly cooldown?: DurationLike;
  /** Total load above which the autoscaler counts as active; with `toZero` it keeps pods. @default 0 */
  readonly activation?: number;
  /** Number of pods while Prometheus does not respond. @default - the minimum, after 3 failures */
  readonly fallback?: { readonly replicas: number; readonly failures?: number };
  /** Scales to zero while no request waits and the scaler is inactive. @default - never fewer than `min` */
  readonly toZero?: ToZero;
  /** Times with at least a number of pods, such as office hours; the load may need more. @default - none */
  readonly schedules?: readonly Schedule[];
  /** Name of an existing HPA of the workload to take over without losing pods. @default - none */
  readonly takesOver?: string;
}

/** A metric of the pods, served by a metrics adapter. */
export interface ScalingMetric {
  /** A series of the server's runtime, or with `servedBy` a metric of the pods that the cluster serves. */
  readonly name: string;
  /** Target average per pod. */
  readonly target: number;
  /**
   * `cluster` if the cluster's own adapter serves it under exactly this name: a recording rule (`triton:queue_compute:ratio`), a
   * metric of the devices (`DCGM_FI_DEV_GPU_UTIL`), or of the cloud's monitoring.
   * @default - a `PrometheusAdapter` of this app, or the stack's `customMetrics`
   */
  readonly servedBy?: 'cluster';
}

/** Returns the minimum number of replicas. */
export function minReplicas({ replicas, autoscaling }: Scaling): number {
  return autoscaling?.min ?? replicas ?? 1;
}

/** Returns the maximum number of replicas, without surge. */
export function maxReplicas({ replicas, autoscaling }: Scaling): number {
  return autoscaling?.max ?? replicas ?? 1;
}

const QUIET_SECONDS = 300;

/** Pods that start slowly are not removed sooner than they could be replaced. */
export function quietSeconds(startSeconds: number): number {
  return Math.max(QUIET_SECONDS, startSeconds);
}

/** Renders the behavior of an HPA, including the one that KEDA creates. */
export function behaviorSpec({ up = {}, down = {} }: ScalingBehavior, startSeconds: number) {
  const direction = ({ after, pods, percent, every = '1m' }: ScalingSpeed, otherwise: number) => {
    const limits = [
      ...(pods === undefined ? [] : [['Pods', pods] as const]),
      ...(percent === undefined ? [] : [['Percent', percent] as const]),
    ];
    const policies = limits.map(([type, value]) => ({ type, value, periodSeconds: seconds(every) }));
    return {
      stabilizationWindowSeconds: after === undefined ? otherwise : seconds(after),
      ...(policies.length === 0 ? {} : { policies, ...(policies.length > 1 ? { selectPolicy: 'Min' } : {}) }),
    };
  };
  return { scaleUp: direction(up, 0), scaleDown: direction(down, quietSeconds(startSeconds)) };
}

/** Renders the spec of a Deployment's HorizontalPodAutoscaler. `served` is the name under which an adapter serves a signal. */
export function autoscalerSpec(
  deployment: string,
  autoscaling: Autoscaling,
  startSeconds: number,
  served = '',
): SpecOf['HorizontalPodAutoscaler'] {
  const { min, max, cpu, metric, behavior = {} } = autoscaling;
  const pods = (name: string, target: number) => ({
    type: 'Pods',
    pods: { metric: { name }, target: { type: 'AverageValue', averageValue: String(target) } },
  });
  const source =
    'by' in autoscaling
      ? pods(served, autoscaling.target)
      : metric !== undefined
        ? pods(metric.servedBy === 'cluster' ? metric.name : metricName(metric.name), metric.target)
        : { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu ?? 0 } } };
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment },
    minReplicas: min,
    maxReplicas: max,
    metrics: [source],
    behavior: behaviorSpec(behavior, startSeconds),
  };
}

/** Invalid numbers, as `[path, got, expected]`. @param startSeconds maximum startup time of a pod */
export function scalingMistakes(
  { replicas, autoscaling }: Scaling,
  startSeconds: number,
): readonly (readonly [string, unknown, string])[] {
  const mistakes: (readonly [string, unknown, string])[] = [];
  if (replicas !== undefined && (!Number.isInteger(replicas) || replicas < 0))
    mistakes.push(['replicas', replicas, 'a whole number of at least 0']);
  if (replicas !== undefined && autoscaling !== undefined)
    mistakes.push(['replicas', replicas, 'nothing, because an autoscaler owns the count']);
  if (autoscaling === undefined) return mistakes;
  const { min, max, cpu, metric, behavior = {} } = autoscaling;
  if (!Number.isInteger(min) || min < 1) mistakes.push(['autoscaling.min', min, minExpected(autoscaling)]);
  if (!Number.isInteger(max) || max < min) mistakes.push(['autoscaling.max', max, `a whole number of at least min, ${min}`]);
  if (cpu !== undefined && !(cpu >= 1 && cpu <= 1000))
    mistakes.push(['autoscaling.cpu', cpu, 'a percentage of the request, 1 to 1000']);
  if (metric !== undefined && !(metric.target > 0)) mistakes.push(['autoscaling.metric.target', metric.target, 'more than 0']);
  if ('by' in autoscaling && !(autoscaling.target > 0)) mistakes.push(['autoscaling.target', autoscaling.target, 'more than 0']);
  for (const [side, { after, pods, percent, every }] of Object.entries(behavior) as readonly [string, ScalingSpeed][]) {
    const path = `autoscaling.behavior.${side}`;
    for (const [field, value] of Object.entries({ pods, percent }))
      if (value !== undefined && (!Number.isInteger(value) || value < 1))
        mistakes.push([`${path}.${field}`, value, 'a whole number of at least 1']);
    if (after !== undefined && seconds(after) > 3600) mistakes.push([`${path}.after`, after, 'at most 1h']);
    if (every !== undefined && !(seconds(every) >= 1 && seconds(every) <= 1800))
      mistakes.push([`${path}.every`, every, '1s to 30m']);
  }
  if ('by' in autoscaling && 'keda' in autoscaling.by) mistakes.push(...kedaMistakes(autoscaling.by.keda, max, startSeconds));
  return mistakes;
}

function minExpected(autoscaling: Autoscaling): string {
  const signal = 'by' in autoscaling ? '; by.keda.toZero says what holds requests while there is no pod' : '';
  return `a whole number of at least 1${signal}`;
}

function kedaMistakes(
  { cooldown, activation, fallback, polling, toZero, schedules = [] }: KedaOptions,
  max: number,
  startSeconds: number,
): readonly (readonly [string, unknown, string])[] {
  const mistakes: (readonly [string, unknown, string])[] = [];
  const path = 'autoscaling.by.keda';
  // The cooldown only applies to scaling to zero: pods must not stop sooner than they could be replaced.
  if (toZero !== undefined && cooldown !== undefined && seconds(cooldown) < startSeconds)
    mistakes.push([`${path}.cooldown`, cooldown, `at least the ${startSeconds}s that a pod may take to start`]);
  if (polling !== undefined && seconds(polling) < 1) mistakes.push([`${path}.polling`, polling, 'at least 1s']);
  if (activation !== undefined && !(activation >= 0)) mistakes.push([`${path}.activation`, activation, 'at least 0']);
  if (fallback !== undefined && !(Number.isInteger(fallback.replicas) && fallback.replicas >= 1 && fallback.replicas <= max))
    mistakes.push([`${path}.fallback.replicas`, fallback.replicas, `1 to max, ${max}`]);
  if (fallback?.failures !== undefined && !(Number.isInteger(fallback.failures) && fallback.failures >= 1))
    mistakes.push([`${path}.fallback.failures`, fallback.failures, 'a whole number of at least 1']);
  for (const [index, { replicas, start, end, timezone }] of schedules.entries()) {
    const at = `${path}.schedules[${index}]`;
    if (!(Number.isInteger(replicas) && replicas >= 1 && replicas <= max))
      mistakes.push([`${at}.replicas`, replicas, `1 to max, ${max}`]);
    for (const [name, text] of Object.entries({ start, end }))
      if (!CRON.test(text)) mistakes.push([`${at}.${name}`, text, 'five fields, such as 0 8 * * 1-5']);
    if (!isTimezone(timezone)) mistakes.push([`${at}.timezone`, timezone, 'a time zone such as Europe/Berlin']);
  }
  if (toZero?.waiting.trim() === '') mistakes.push([`${path}.toZero.waiting`, toZero.waiting, 'PromQL']);
  return mistakes;
}

/** Minute, hour, day of the month, month, day of the week. */
const CRON = /^([\d*/,-]+\s+){3}[\dA-Za-z*/,-]+\s+[\dA-Za-z*/,-]+$/;

/** Region and city; which of them exist is for KEDA to say, because the list differs between versions of Node.js. */
function isTimezone(name: string): boolean {
  return name === 'UTC' || /^[A-Z][A-Za-z]+(\/[A-Z][A-Za-z_+-]*\d*)+$/.test(name);
}
