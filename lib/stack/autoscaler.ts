import type { KubeObject } from '../kube/object';
import { type ServerMetric, servedName } from '../runtimes/metrics';
import { scaledObjectAnnotations, scaledObjectSpec } from './scaled-object';
import { autoscalerSpec, type Scaling } from './scaling';

/** The workload that an autoscaler scales. */
export interface Scaled {
  /** Name of the Deployment and of its autoscaler. */
  readonly name: string;
  readonly namespace: string | undefined;
  /** Maximum startup time of a pod in seconds. */
  readonly startSeconds: number;
  /** Scaling metric, if it is a metric of the runtime. */
  readonly metric: ServerMetric | undefined;
}

/** Renders the autoscaler of a Deployment: a HorizontalPodAutoscaler, or a KEDA ScaledObject. */
export function autoscalerManifest(
  autoscaling: NonNullable<Scaling['autoscaling']>,
  { name, namespace, startSeconds, metric }: Scaled,
): Pick<KubeObject, 'apiVersion' | 'kind'> & { readonly fields: Partial<KubeObject> } {
  if ('by' in autoscaling && 'keda' in autoscaling.by && metric !== undefined) {
    const { keda } = autoscaling.by;
    const annotations = scaledObjectAnnotations(keda);
    const spec = scaledObjectSpec(name, namespace, autoscaling, metric, keda, startSeconds);
    const metadata = annotations === undefined ? {} : { metadata: { name, annotations } };
    return { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', fields: { ...metadata, spec } };
  }
  const spec = autoscalerSpec(name, autoscaling, startSeconds, metric === undefined ? undefined : servedName(metric));
  return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', fields: { spec } };
}
