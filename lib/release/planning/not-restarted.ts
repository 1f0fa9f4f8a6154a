import type { Problem } from '../../errors/problem';
import { displayName } from '../../kube/object';
import { podTemplatesOf } from '../../kube/pod-spec';
import { readAtStart } from '../../kube/references';
import type { Plan, PlannedObject } from '../model/plan';

/** Annotations of controllers that restart pods when their settings change. */
const RELOADERS = /^(configmap\.|secret\.)?reloader\.stakater\.com\/|^wave\.pusher\.com\//;

/**
 * Workloads whose ConfigMaps or Secrets change while their pod templates do not: their pods read the settings only when they
 * start, and are not restarted. A template with a checksum of its settings changes too.
 */
export function podsNotRestarted({ objects }: Plan): readonly Problem[] {
  const nameIn = (namespace: string | undefined, name: string) => `${namespace ?? ''} ${name}`;
  const settings = objects.flatMap((one) => (changesData(one) && one.manifest !== undefined ? [one.manifest] : []));
  const changed = new Set(settings.map((own) => nameIn(own.metadata.namespace, displayName(own))));
  if (changed.size === 0) return [];
  return objects.flatMap((workload): readonly Problem[] => {
    const { manifest } = workload;
    if (manifest === undefined || restartsPods(workload)) return [];
    const templates = podTemplatesOf(manifest);
    const read = new Set(templates.flatMap(({ spec }) => [...readAtStart(spec)]));
    const annotations = [manifest.metadata.annotations ?? {}, ...templates.map((one) => one.annotations)].flatMap(Object.keys);
    if (annotations.some((name) => RELOADERS.test(name))) return [];
    const kept = [...read].filter((name) => changed.has(nameIn(manifest.metadata.namespace, name)));
    if (kept.length === 0) return [];
    const message = `its pods are not restarted, and read ${kept.join(', ')}, which ${kept.length === 1 ? 'changes' : 'change'}, only when they start`;
    const remedy = `Add a checksum of the settings to the annotations of the pod template, or run kubectl rollout restart afterwards.`;
    return [{ code: 'PODS_NOT_RESTARTED', subject: displayName(manifest), message, got: kept.join(', '), remedy }];
  });
}

function changesData({ action, manifest, changes }: PlannedObject): boolean {
  if (manifest?.apiVersion !== 'v1' || (manifest.kind !== 'ConfigMap' && manifest.kind !== 'Secret')) return false;
  return (
    action === 'replace' || (action === 'change' && changes.some(({ path }) => /^(data|binaryData|stringData)\b/.test(path)))
  );
}

/** Whether pods with the new settings come anyway: the workload is new, its template changes, or its pods run only once. */
function restartsPods({ action, manifest, changes }: PlannedObject): boolean {
  if (manifest?.kind === 'Job' || manifest?.kind === 'CronJob' || manifest?.kind === 'Pod') return true;
  return (action !== 'unchanged' && action !== 'change') || changes.some(({ path }) => /[tT]emplate/.test(path));
}
