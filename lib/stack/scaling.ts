import type { SpecOf } from '../kube/api-types';
import { type DurationLike, seconds } from '../kube/duration';
import type { Forbidden } from '../kube/forbidden';
import { type LoadSignal, metricName } from '../runtimes/metrics';

/** The number of pods of a component: a fixed count, or what an autoscaler decides. Never both, because each apply would reset the other. */
export type Scaling =
  | {
      readonly replicas?: Forbidden<number, EitherCount>;
      /** Bounds between which an autoscaler decides how many pods there are. @default - none */
      readonly autoscaling: Autoscaling;
    }
  | {
      /** How many pods there are, all the time. @default 1 */
      readonly replicas?: number;
      readonly autoscaling?: Forbidden<Autoscaling, EitherCount>;
    };

type EitherCount = 'replicas or autoscaling: an autoscaler owns the count';
type OneSource = 'an autoscaler goes by cpu or by a metric';

/** How fast an autoscaler adds or takes away pods. @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior */
export interface ScalingSpeed {
  /** How long the load has to be so before it acts. @default - up: at once; down: 5m, at least the time that a pod takes to start */
  readonly after?: DurationLike;
  /** At most so many pods at a time. @default - as many as the load asks for */
  readonly pods?: number;
  /** At most so many percent of the pods at a time. @default - as many as the load asks for */
  readonly percent?: number;
  /** The time that `pods` and `percent` are about. @default '1m' */
  readonly every?: DurationLike;
}

/** How fast an autoscaler adds and takes away pods. */
export interface ScalingBehavior {
  /** When the load grows. @default - at once */
  readonly up?: ScalingSpeed;
  /** When it shrinks. @default - after 5m, at least the time that a pod takes to start */
  readonly down?: ScalingSpeed;
}

/** Bounds of an autoscaler and what it aims at. @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
export type Autoscaling = {
  /** Minimum number of pods. */
  readonly min: number;
  /** Maximum number of pods. */
  readonly max: number;
  /** How fast it acts. @default - up at once, down after 5m, at least the time that a pod takes to start */
  readonly behavior?: ScalingBehavior;
} & (
  | {
      /** Average CPU use that it keeps, in percent of the request. */
      readonly cpu: number;
      /** Scale on a metric of the pods, instead of on CPU. @default - none */
      readonly metric?: Forbidden<ScalingMetric, OneSource>;
      /** Scale on what a metric means, instead of on CPU or a series. @default - none */
      readonly on?: Forbidden<LoadSignal, OneSource>;
    }
  | {
      readonly cpu?: Forbidden<number, OneSource>;
      /** Scale on a metric of the pods, instead of on CPU. @default - none */
      readonly metric: ScalingMetric;
      /** Scale on what a metric means, instead of on CPU or a series. @default - none */
      readonly on?: Forbidden<LoadSignal, OneSource>;
    }
  | {
      readonly cpu?: Forbidden<number, OneSource>;
      readonly metric?: Forbidden<ScalingMetric, OneSource>;
      /** What it goes by; the runtime knows the series. */
      readonly on: LoadSignal;
      /** Value per pod that it keeps. */
      readonly target: number;
      /** What reads the metric: KEDA with Prometheus, or an adapter that serves the metrics API. */
      readonly by: { readonly keda: KedaOptions } | { readonly adapter: true };
    }
);

/** An autoscaler that goes by what a metric means. */
export type SignalScaling = Extract<Autoscaling, { readonly on: LoadSignal }>;

/** What holds requests while there is no pod: a queue or a gateway outside of the pods. */
export interface ToZero {
  /** PromQL for the number of requests that wait; more than 0 brings the first pods. It must not be a metric of the pods themselves. */
  readonly waiting: string;
}

/** Settings of a ScaledObject. @see https://keda.sh/docs/latest/reference/scaledobject-spec/ */
export interface KedaOptions {
  /** URL of Prometheus, as KEDA reaches it. */
  readonly prometheus: string;
  /** A TriggerAuthentication for Prometheus, or a ClusterTriggerAuthentication. @default - none */
  readonly authentication?: string | { readonly cluster: string };
  /** Time between two queries. @default '15s' */
  readonly polling?: DurationLike;
  /** With `toZero`: time without load before all pods go; at least the time that a pod takes to start. @default - 5m, or that time */
  readonly cooldown?: DurationLike;
  /** Load of all pods above which the autoscaler counts as active; with `toZero` it keeps pods. @default 0 */
  readonly activation?: number;
  /** Pods when Prometheus does not respond. @default - the minimum, after 3 failures */
  readonly fallback?: { readonly replicas: number; readonly failures?: number };
  /** Takes all pods away while nothing waits and nothing is active. @default - never fewer than `min` */
  readonly toZero?: ToZero;
  /** Takes over an HPA that scales the workload already, so that no pod is lost: its name. @default - none */
  readonly takesOver?: string;
}

/** A metric of the pods themselves, served by a metrics adapter. */
export interface ScalingMetric {
  /** One of the series of the server's runtime. */
  readonly name: string;
  /** Average per pod that the autoscaler keeps. */
  readonly target: number;
}

/** Returns the minimum number of replicas. */
export function minReplicas({ replicas, autoscaling }: Scaling): number {
  return autoscaling?.min ?? replicas ?? 1;
}

/** Returns the maximum number of replicas, surge left out. */
export function maxReplicas({ replicas, autoscaling }: Scaling): number {
  return autoscaling?.max ?? replicas ?? 1;
}

const QUIET_SECONDS = 300;

/** Pods that start slowly are not taken away sooner than they would be back. */
export function quietSeconds(startSeconds: number): number {
  return Math.max(QUIET_SECONDS, startSeconds);
}

/** The behavior of an HPA, also of the one that KEDA makes. */
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

/** The spec of the HorizontalPodAutoscaler of a Deployment. `served` is the name under which an adapter serves a signal. */
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
        ? pods(metricName(metric.name), metric.target)
        : { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu ?? 0 } } };
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment },
    minReplicas: min,
    maxReplicas: max,
    metrics: [source],
    behavior: behaviorSpec(behavior, startSeconds),
  };
}

/** What is wrong with the numbers, as `[path, got, expected]`. @param startSeconds how long a pod may take to start */
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
  { cooldown, activation, fallback, polling, toZero }: KedaOptions,
  max: number,
  startSeconds: number,
): readonly (readonly [string, unknown, string])[] {
  const mistakes: (readonly [string, unknown, string])[] = [];
  const path = 'autoscaling.by.keda';
  // To zero is all that it is about: pods that would not be back in time must not go sooner.
  if (toZero !== undefined && cooldown !== undefined && seconds(cooldown) < startSeconds)
    mistakes.push([`${path}.cooldown`, cooldown, `at least the ${startSeconds}s that a pod may take to start`]);
  if (polling !== undefined && seconds(polling) < 1) mistakes.push([`${path}.polling`, polling, 'at least 1s']);
  if (activation !== undefined && !(activation >= 0)) mistakes.push([`${path}.activation`, activation, 'at least 0']);
  if (fallback !== undefined && !(Number.isInteger(fallback.replicas) && fallback.replicas >= 1 && fallback.replicas <= max))
    mistakes.push([`${path}.fallback.replicas`, fallback.replicas, `1 to max, ${max}`]);
  if (toZero?.waiting.trim() === '') mistakes.push([`${path}.toZero.waiting`, toZero.waiting, 'PromQL']);
  return mistakes;
}
