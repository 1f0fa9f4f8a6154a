import { objAt, textsAt, withAt } from '../../api-schema/json';
import { numberAt, type Obj } from '../../kube/fields';

/** Renders a workload as its `scale` subresource. */
export function scaleOf(object: Obj): Obj {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = objAt(object, 'metadata');
  const labels = Object.entries(textsAt(object, 'spec', 'selector', 'matchLabels'));
  const selector = labels
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
  const replicas = numberAt(object, 'spec', 'replicas') ?? 0;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: numberAt(object, 'status', 'replicas') ?? 0, selector },
  };
}

/** Applies a scale's number of replicas to a workload. */
export function withScale(object: Obj, scale: Obj): Obj {
  const version = objAt(scale, 'metadata').resourceVersion;
  const scaled = withAt(object, ['spec', 'replicas'], numberAt(scale, 'spec', 'replicas') ?? 0);
  return version === undefined ? scaled : withAt(scaled, ['metadata', 'resourceVersion'], version);
}
