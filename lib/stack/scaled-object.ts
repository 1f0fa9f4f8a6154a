import { seconds } from '../kube/duration';
import { metricQuery, type ServerMetric } from '../runtimes/metrics';
import { BEHAVIOR, type KedaOptions, type SignalScaling } from './scaling';

/** The spec of a ScaledObject, as far as this library writes it. */
export interface ScaledObjectSpec {
  readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly minReplicaCount: number;
  readonly maxReplicaCount: number;
  readonly pollingInterval: number;
  readonly cooldownPeriod: number;
  readonly fallback: { readonly failureThreshold: number; readonly replicas: number };
  readonly advanced: { readonly horizontalPodAutoscalerConfig: { readonly behavior: typeof BEHAVIOR } };
  readonly triggers: readonly {
    readonly type: 'prometheus';
    readonly metricType: 'AverageValue';
    readonly metadata: Readonly<Record<string, string>>;
    readonly authenticationRef?: { readonly name: string };
  }[];
}

/** A ScaledObject that keeps the load per pod. @see https://keda.sh/docs/latest/scalers/prometheus/ */
export function scaledObjectSpec(
  deployment: string,
  namespace: string | undefined,
  scaling: SignalScaling,
  keda: KedaOptions,
  metric: ServerMetric,
): ScaledObjectSpec {
  const { prometheus, authentication, polling = '15s', cooldown = '5m', fallback } = keda;
  const selector = `${namespace === undefined ? '' : `namespace="${namespace}",`}pod=~"${deployment}-.+"`;
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment },
    minReplicaCount: scaling.min,
    maxReplicaCount: scaling.max,
    pollingInterval: seconds(polling),
    cooldownPeriod: seconds(cooldown),
    // Without Prometheus nothing is known of the load: never scale down blindly.
    fallback: { failureThreshold: fallback?.failures ?? 3, replicas: fallback?.replicas ?? scaling.min },
    advanced: { horizontalPodAutoscalerConfig: { behavior: BEHAVIOR } },
    triggers: [
      {
        type: 'prometheus',
        metricType: 'AverageValue',
        metadata: {
          serverAddress: prometheus,
          query: `sum(${metricQuery(metric, selector)})`,
          threshold: String(scaling.target),
        },
        ...(authentication === undefined ? {} : { authenticationRef: { name: authentication } }),
      },
    ],
  };
}
