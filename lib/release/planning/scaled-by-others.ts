import type { Problem } from '../../errors/problem';
import { listAt, numberAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject, keyOf } from '../../kube/object';
import type { Plan } from '../model/plan';
import type { Survey } from '../model/survey';

/**
 * Workloads whose replicas are set both by the manifests and by an autoscaler outside the release. The count is left to the
 * autoscaler; the warning names the pods that the manifests' value would remove.
 */
export function scaledByOthers({ desired, scaled, live }: Survey, planned: Plan): readonly Problem[] {
  const changed = new Set(planned.objects.flatMap(({ action, key }) => (action === 'unchanged' ? [] : [key])));
  return desired.objects.flatMap((object): readonly Problem[] => {
    const key = keyOf(object);
    const autoscaler = scaled.get(key);
    const [wanted, now] = [numberAt(object, 'spec', 'replicas'), numberAt(live.get(key) ?? {}, 'spec', 'replicas')];
    if (autoscaler === undefined || wanted === undefined || now === undefined || wanted === now || !changed.has(key)) return [];
    if (desired.objects.some((one) => keyOf(one) === keyOf(autoscaler))) return [];
    const lost = now > wanted ? `, which would take ${now - wanted} of ${now} pods away` : '';
    return [
      {
        code: 'REPLICAS_WITH_AUTOSCALER',
        subject: displayName(object),
        path: 'spec.replicas',
        message: `${scaler(autoscaler)} of the cluster scales it, and has ${now}: the count of the manifest is not applied${lost}`,
        got: wanted,
        expected: 'no replicas in the manifest',
        remedy: 'Leave replicas out, or bring the autoscaler with the release.',
      },
    ];
  });
}

/** An HPA, or the ScaledObject that created it. */
function scaler(autoscaler: KubeObject): string {
  const owner = listAt(autoscaler, 'metadata', 'ownerReferences').find((one) => textAt(one, 'kind') === 'ScaledObject');
  return owner === undefined ? displayName(autoscaler) : `ScaledObject/${textAt(owner, 'name')}`;
}
