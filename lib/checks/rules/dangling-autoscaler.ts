import { nearestName } from '../../errors/nearest';
import { hpaOf, scaleTargetOf, takesOverHpa } from '../../kube/autoscaler';
import { at, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { namespaceOf } from '../inventory/inventory';
import { type Found, rule, say } from '../model/rule';

/** An autoscaler without a target. */
export const danglingAutoscaler = rule(
  'DANGLING_AUTOSCALER',
  'error',
  'Name a workload of the same namespace.',
  (all) =>
    all.autoscalers.flatMap((object): readonly Found[] => {
      const { kind, name: got } = scaleTargetOf(object) ?? { kind: '', name: '' };
      // Only for built-in kinds is it known whether they scale.
      if (!['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet', 'Job'].includes(kind)) return [];
      const path = 'spec.scaleTargetRef';
      if (kind === 'DaemonSet' || kind === 'Job')
        return [{ object, path, message: 'that kind cannot be scaled', got: kind, expected: 'Deployment' }];
      const version = textAt(object, 'spec', 'scaleTargetRef', 'apiVersion');
      if (version !== undefined && version !== 'apps/v1')
        return [
          {
            object,
            path: `${path}.apiVersion`,
            message: 'the API has no such kind in this version',
            got: version,
            expected: 'apps/v1',
          },
        ];
      if (all.scaledBy(object) !== undefined) return [];
      const nearest = nearestName(got, all.namesOf(kind, namespaceOf(object)));
      return [{ object, path, message: 'there is no such workload', got: `${kind}/${got}`, nearest }];
    }),
  'kube-linter:dangling-horizontalpodautoscaler kube-score:horizontalpodautoscaler-has-target',
);

/** A fixed count and an autoscaler: each apply resets the autoscaler's value. */
export const replicasWithAutoscaler = rule(
  'REPLICAS_WITH_AUTOSCALER',
  'error',
  'Leave out spec.replicas; the autoscaler owns the count.',
  (all) =>
    all.autoscalers.flatMap((autoscaler): readonly Found[] => {
      const workload = all.scaledBy(autoscaler);
      const got = at(workload?.object, 'spec', 'replicas');
      if (workload === undefined || got === undefined) return [];
      return say(workload.object, 'spec.replicas', `${autoscaler.metadata.name} scales it, and it has a fixed count`, { got });
    }),
  'kube-score:deployment-targeted-by-hpa-does-not-have-replicas-configured',
);

/** Two autoscalers of one workload: each overrides the other. */
export const autoscalerCollision = rule('AUTOSCALER_COLLISION', 'error', 'Put all metrics into one autoscaler.', (all) => {
  const seen = new Map<string, KubeObject>();
  return all.autoscalers.flatMap((object): readonly Found[] => {
    const { kind, name } = scaleTargetOf(object) ?? { kind: '', name: '' };
    const key = `${namespaceOf(object)} ${kind} ${name}`;
    const first = seen.get(key);
    seen.set(key, first ?? object);
    if (first === undefined || isHandover(first, object)) return [];
    return [
      { object, path: 'spec.scaleTargetRef', message: `${first.kind}/${first.metadata.name} scales it already`, got: name },
    ];
  });
});

/** Whether KEDA takes over the existing HorizontalPodAutoscaler instead of creating one. */
function isHandover(hpa: KubeObject, scaledObject: KubeObject): boolean {
  return (
    hpa.kind === 'HorizontalPodAutoscaler' &&
    scaledObject.kind === 'ScaledObject' &&
    takesOverHpa(scaledObject) &&
    hpaOf(scaledObject) === hpa.metadata.name
  );
}
