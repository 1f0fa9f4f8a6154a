import { seconds } from '../kube/duration';
import { podsOfDeployment } from '../metrics/source';
import { metricQuery, type ServerMetric } from '../runtimes/metrics';
import { behaviorSpec, type KedaOptions, quietSeconds, type SignalScaling } from './scaling';

/** The fields of a ScaledObject spec that this library writes. */
export interface ScaledObjectSpec {
  readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly minReplicaCount: number;
  readonly maxReplicaCount: number;
  readonly idleReplicaCount?: 0;
  readonly pollingInterval: number;
  readonly cooldownPeriod: number;
  readonly fallback: { readonly failureThreshold: number; readonly replicas: number };
  readonly advanced: {
    readonly horizontalPodAutoscalerConfig: { readonly name?: string; readonly behavior: ReturnType<typeof behaviorSpec> };
  };
  readonly triggers: readonly {
    readonly type: 'prometheus' | 'cron';
    readonly metricType?: 'AverageValue';
    readonly metadata: Readonly<Record<string, string>>;
    readonly authenticationRef?: { readonly name: string; readonly kind?: string };
  }[];
}

/** Annotations of a ScaledObject: one of them makes it take over an HPA; otherwise KEDA refuses it next to one. */
export function scaledObjectAnnotations({ takesOver }: KedaOptions): Readonly<Record<string, string>> | undefined {
  return takesOver === undefined ? undefined : { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' };
}

/** Renders a ScaledObject that keeps the load per pod. @see https://keda.sh/docs/latest/scalers/prometheus/ */
export function scaledObjectSpec(
  deployment: string,
  namespace: string | undefined,
  scaling: SignalScaling,
  metric: ServerMetric,
  keda: KedaOptions,
  startSeconds: number,
): ScaledObjectSpec {
  const { prometheus, authentication, polling = '15s', cooldown, activation, fallback, toZero, takesOver, schedules = [] } = keda;
  // Only the pods of this Deployment: a canary's candidate has its own load.
  const selector = `${namespace === undefined ? '' : `namespace="${namespace}",`}pod=~${JSON.stringify(podsOfDeployment(deployment))}`;
  const named = typeof authentication === 'string' ? { name: authentication } : undefined;
  const clustered =
    typeof authentication === 'object' ? { name: authentication.cluster, kind: 'ClusterTriggerAuthentication' } : named;
  const trigger = (metadata: Readonly<Record<string, string>>) => ({
    type: 'prometheus' as const,
    metricType: 'AverageValue' as const,
    metadata: { serverAddress: prometheus, ...metadata },
    ...(clustered === undefined ? {} : { authenticationRef: clustered }),
  });
  const threshold = String(scaling.target);
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment },
    minReplicaCount: scaling.min,
    maxReplicaCount: scaling.max,
    ...(toZero === undefined ? {} : { idleReplicaCount: 0 }),
    pollingInterval: seconds(polling),
    cooldownPeriod: cooldown === undefined ? quietSeconds(startSeconds) : seconds(cooldown),
    // The load is unknown without Prometheus: never scale down blindly.
    fallback: { failureThreshold: fallback?.failures ?? 3, replicas: fallback?.replicas ?? scaling.min },
    advanced: {
      horizontalPodAutoscalerConfig: {
        ...(takesOver === undefined ? {} : { name: takesOver }),
        behavior: behaviorSpec(scaling.behavior ?? {}, startSeconds),
      },
    },
    triggers: [
      trigger({
        query: `sum(${metricQuery(metric, selector)})`,
        threshold,
        ...(activation === undefined ? {} : { activationThreshold: String(activation) }),
      }),
      // Without pods there are no pod metrics; the waiting requests activate the scaler.
      ...(toZero === undefined ? [] : [trigger({ query: `sum(${toZero.waiting})`, threshold })]),
      ...schedules.map(({ replicas, ...times }) => ({
        type: 'cron' as const,
        metadata: { ...times, desiredReplicas: String(replicas) },
      })),
    ],
  };
}
