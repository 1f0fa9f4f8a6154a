import type { SpecOf } from '../kube/api-types';
import type { DurationLike } from '../kube/duration';
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

/** Bounds of an autoscaler and what it aims at. @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
export type Autoscaling = {
  /** Minimum number of pods. */
  readonly min: number;
  /** Maximum number of pods. */
  readonly max: number;
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

/** Settings of a ScaledObject. @see https://keda.sh/docs/latest/reference/scaledobject-spec/ */
export interface KedaOptions {
  /** URL of Prometheus, as KEDA reaches it. */
  readonly prometheus: string;
  /** Name of a TriggerAuthentication. @default - none */
  readonly authentication?: string;
  /** Time between two queries. @default '15s' */
  readonly polling?: DurationLike;
  /** Time without load before it scales down to the minimum. @default '5m' */
  readonly cooldown?: DurationLike;
  /** Pods when Prometheus does not respond. @default - the minimum, after 3 failures */
  readonly fallback?: { readonly replicas: number; readonly failures?: number };
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

/** Scales up at once, and down after five quiet minutes. */
export const BEHAVIOR = {
  scaleUp: { stabilizationWindowSeconds: 0 },
  scaleDown: { stabilizationWindowSeconds: 300 },
} as const;

/** The spec of the HorizontalPodAutoscaler of a Deployment. `served` is the name under which an adapter serves a signal. */
export function autoscalerSpec(deployment: string, autoscaling: Autoscaling, served = ''): SpecOf['HorizontalPodAutoscaler'] {
  const { min, max, cpu, metric } = autoscaling;
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
    behavior: BEHAVIOR,
  };
}

/** What is wrong with the numbers, as `[path, got, expected]`. */
export function scalingMistakes({ replicas, autoscaling }: Scaling): readonly (readonly [string, unknown, string])[] {
  const mistakes: (readonly [string, unknown, string])[] = [];
  if (replicas !== undefined && (!Number.isInteger(replicas) || replicas < 0))
    mistakes.push(['replicas', replicas, 'a whole number of at least 0']);
  if (replicas !== undefined && autoscaling !== undefined)
    mistakes.push(['replicas', replicas, 'nothing, because an autoscaler owns the count']);
  if (autoscaling === undefined) return mistakes;
  const { min, max, cpu, metric } = autoscaling;
  if (!Number.isInteger(min) || min < 1) mistakes.push(['autoscaling.min', min, 'a whole number of at least 1']);
  if (!Number.isInteger(max) || max < min) mistakes.push(['autoscaling.max', max, `a whole number of at least min, ${min}`]);
  if (cpu !== undefined && !(cpu >= 1 && cpu <= 1000))
    mistakes.push(['autoscaling.cpu', cpu, 'a percentage of the request, 1 to 1000']);
  if (metric !== undefined && !(metric.target > 0)) mistakes.push(['autoscaling.metric.target', metric.target, 'more than 0']);
  if ('by' in autoscaling && !(autoscaling.target > 0)) mistakes.push(['autoscaling.target', autoscaling.target, 'more than 0']);
  return mistakes;
}
