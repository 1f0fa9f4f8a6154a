import { KEEP_ANNOTATION } from '../../kube/contract';
import type { KubeObject } from '../../kube/object';

/** Annotations by which an object outlives its release: ours, and those of other tools. */
const KEEPING: readonly (readonly [annotation: string, value: RegExp])[] = [
  [KEEP_ANNOTATION, /^true$/],
  ['helm.sh/resource-policy', /^\s*keep\s*$/],
  ['argocd.argoproj.io/sync-options', /(^|,)\s*(Prune|Delete)=false\s*(,|$)/],
  ['kustomize.toolkit.fluxcd.io/prune', /^disabled$/i],
  ['kapp.k14s.io/delete-strategy', /^orphan$/],
];

/** The annotation by which an object stays in the cluster when its release no longer has it; nothing when it goes. */
export function keptBy({ metadata }: KubeObject): string | undefined {
  return KEEPING.find(([annotation, value]) => value.test(metadata.annotations?.[annotation] ?? ''))?.[0];
}

/** Kinds whose deletion loses data, or takes others with it. */
const DATA_KINDS = ['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass', 'Namespace', 'CustomResourceDefinition'];

/** Whether the deletion of an object needs consent of its own. */
export function holdsData({ kind }: { readonly kind: string }): boolean {
  return DATA_KINDS.includes(kind);
}
