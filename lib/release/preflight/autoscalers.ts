import type { Problem } from '../../errors/problem';
import { hpaOf, scaleTargetOf } from '../../kube/autoscaler';
import { listAt, numberAt, textAt } from '../../kube/fields';
import { displayName, groupOf, type KubeObject } from '../../kube/object';
import type { Run } from '../model/engine';
import type { Plan } from '../model/plan';
import { readinessOf } from '../readiness';
import { FALLBACK } from '../readiness/scaled-object';
import { readable } from './readable';

/** Autoscalers that keep a fallback count: told, because nothing else of the release depends on it. */
export function autoscalersWithoutMetrics({ objects }: Plan): readonly Problem[] {
  return objects.flatMap(({ live }) => {
    if (live?.kind !== 'ScaledObject' || readinessOf(live).reason !== 'Fallback') return [];
    const remedy = 'Check that Prometheus responds at the address of its trigger.';
    return [{ code: 'METRICS_UNAVAILABLE', subject: displayName(live), message: FALLBACK, remedy }];
  });
}

/**
 * Workloads whose replicas the manifests set while an autoscaler of the cluster sets them too, one that the release does not bring: each
 * release would put the count back, and the autoscaler takes it up again. Told with the number of pods that would be lost. A ScaledObject
 * has an HPA of its own.
 */
export async function scaledByOthers(run: Run, planned: Plan): Promise<readonly Problem[]> {
  const setting = planned.objects.flatMap(({ manifest, live, action }) => {
    const wanted = manifest === undefined ? undefined : numberAt(manifest, 'spec', 'replicas');
    const now = live === undefined ? undefined : numberAt(live, 'spec', 'replicas');
    if (manifest === undefined || wanted === undefined || now === undefined || now === wanted || action === 'unchanged')
      return [];
    return [{ manifest, wanted, now, namespace: manifest.metadata.namespace ?? planned.namespace }];
  });
  const brought = planned.objects.flatMap(({ manifest }) => manifest ?? []);
  const own = new Set(
    brought.flatMap((object) => [`${object.kind}/${object.metadata.name}`, `HorizontalPodAutoscaler/${hpaOf(object)}`]),
  );
  const namespaces = [...new Set(setting.map(({ namespace }) => namespace))];
  const lists = await Promise.all(
    namespaces.map((namespace) => readable(run, { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace })),
  );
  const autoscalers = lists.flat().filter((object) => !own.has(displayName(object)));
  return setting.flatMap(({ manifest, wanted, now, namespace }) => {
    const found = autoscalers.find((one) => one.metadata.namespace === namespace && scales(one, manifest));
    return found === undefined ? [] : [contested(manifest, found, wanted, now)];
  });
}

function scales(autoscaler: KubeObject, { apiVersion, kind, metadata }: KubeObject): boolean {
  const target = scaleTargetOf(autoscaler);
  return target !== undefined && target.kind === kind && target.name === metadata.name && target.group === groupOf(apiVersion);
}

function contested(manifest: KubeObject, autoscaler: KubeObject, wanted: number, now: number): Problem {
  const lost = now - wanted;
  const owner = listAt(autoscaler, 'metadata', 'ownerReferences').find((one) => textAt(one, 'kind') === 'ScaledObject');
  const who = owner === undefined ? displayName(autoscaler) : `ScaledObject/${textAt(owner, 'name')}`;
  return {
    code: 'REPLICAS_WITH_AUTOSCALER',
    subject: displayName(manifest),
    path: 'spec.replicas',
    message: `${who} of the cluster scales it${lost > 0 ? `, and this release would take ${lost} of ${now} pods away` : ''}`,
    got: wanted,
    expected: 'no replicas in the manifest',
    remedy: 'Leave replicas out, or bring the autoscaler with the release.',
  };
}
