import { scaleTargetOf } from '../kube/autoscaler';
import { fieldsAt } from '../kube/fields';
import { displayName, type KubeObject } from '../kube/object';

/** Whether an object scales a Deployment, and can be configured not to scale it down. */
export function limitsScaleIn(autoscaler: KubeObject, workload: KubeObject): boolean {
  const target = scaleTargetOf(autoscaler);
  const known = autoscaler.kind === 'ScaledObject' || autoscaler.apiVersion === 'autoscaling/v2';
  return known && target !== undefined && `${target.kind}/${target.name}` === displayName(workload);
}

/**
 * An autoscaler during a canary: it scales the stable version up, but not down, because the stable version may need its pods
 * again for all requests.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#disable-scale-down
 */
export function withoutScaleIn(autoscaler: KubeObject): KubeObject {
  const path = autoscaler.kind === 'ScaledObject' ? ['spec', 'advanced', 'horizontalPodAutoscalerConfig'] : ['spec'];
  const merged = (value: unknown, [field, ...rest]: readonly string[]): object =>
    field === undefined
      ? { ...fieldsAt(value), selectPolicy: 'Disabled' }
      : { ...fieldsAt(value), [field]: merged(fieldsAt(value)[field], rest) };
  return { ...autoscaler, ...merged(autoscaler, [...path, 'behavior', 'scaleDown']) };
}
