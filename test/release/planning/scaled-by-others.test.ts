import { expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { stack } from '../manifests';
import { onSandbox } from '../on-sandbox';

const NAMESPACE = 'team';

/** The HPA that KEDA makes of a ScaledObject. */
const hpa: KubeObject = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: {
    name: 'keda-hpa-fraud',
    namespace: NAMESPACE,
    ownerReferences: [{ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'fraud', uid: 'u', controller: true }],
  },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fraud' },
    minReplicas: 5,
    maxReplicas: 9,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
  },
};

it('names the ScaledObject that owns the replicas, and the pods that the count of the manifest would take', async () => {
  const place = await onSandbox();
  expect((await place.release(stack({ namespace: NAMESPACE, replicas: 5 }))).result.outcome).toBe('succeeded');
  await place.run(place.api.create(hpa));
  const { events } = await place.release(stack({ namespace: NAMESPACE, replicas: 2, version: 'v2' }));
  const told = events.flatMap((event) =>
    event.type === 'warning' && event.problem.code === 'REPLICAS_WITH_AUTOSCALER' ? [event.problem] : [],
  );
  expect(told.map(({ subject, path, message }) => ({ subject, path, message }))).toEqual([
    {
      subject: 'Deployment/fraud',
      path: 'spec.replicas',
      message:
        'ScaledObject/fraud of the cluster scales it, and has 5: the count of the manifest is not applied, which would take 3 of 5 pods away',
    },
  ]);
});
