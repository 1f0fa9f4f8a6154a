import type { Forbidden } from '../kube/forbidden';

/** By how many pods a component is served: a fixed count, or what an autoscaler decides. Never both, because each apply would reset the other. */
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

/** Bounds of an autoscaler and what it aims at. @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
export type Autoscaling = {
  /** Fewest pods. */
  readonly min: number;
  /** Most pods. */
  readonly max: number;
} & (
  | {
      /** Average CPU use that it keeps, in percent of the request. */
      readonly cpu: number;
      /** Scale on a metric of the pods, instead of on CPU. @default - none */
      readonly metric?: Forbidden<ScalingMetric, 'an autoscaler goes by cpu or by a metric'>;
    }
  | { readonly cpu?: Forbidden<number, 'an autoscaler goes by cpu or by a metric'>; readonly metric: ScalingMetric }
);

/** A metric of the pods themselves, served by a metrics adapter. */
export interface ScalingMetric {
  /** One of the server's `scalingMetrics`. */
  readonly name: string;
  /** Average per pod that the autoscaler keeps. */
  readonly target: number;
}

/** The fewest pods that are always there. */
export function minReplicas({ replicas, autoscaling }: Scaling): number {
  return autoscaling?.min ?? replicas ?? 1;
}

/** The most pods that there can be, surge left out. */
export function maxReplicas({ replicas, autoscaling }: Scaling): number {
  return autoscaling?.max ?? replicas ?? 1;
}

/** The spec of the HorizontalPodAutoscaler of a Deployment. Scales up at once, and down after five quiet minutes. */
export function autoscalerSpec(deployment: string, { min, max, cpu, metric }: Autoscaling): Record<string, unknown> {
  const source =
    metric === undefined
      ? { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } }
      : {
          type: 'Pods',
          pods: { metric: { name: metric.name }, target: { type: 'AverageValue', averageValue: String(metric.target) } },
        };
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment },
    minReplicas: min,
    maxReplicas: max,
    metrics: [source],
    behavior: {
      scaleUp: { stabilizationWindowSeconds: 0 },
      scaleDown: { stabilizationWindowSeconds: 300 },
    },
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
  return mistakes;
}
