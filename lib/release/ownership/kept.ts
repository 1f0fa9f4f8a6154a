import { KEEP_ANNOTATION } from '../../kube/contract';
import type { KubeObject } from '../../kube/object';

/** Annotations that make an object outlive its release: ours, and those of other tools. Flux also reads a label of that name. */
const KEEPING: readonly (readonly [annotation: string, value: RegExp])[] = [
  [KEEP_ANNOTATION, /^true$/],
  ['helm.sh/resource-policy', /^\s*keep\s*$/],
  ['argocd.argoproj.io/sync-options', /(^|,)\s*(Prune|Delete)=(false|confirm)\s*(,|$)/],
  ['kustomize.toolkit.fluxcd.io/prune', /^disabled$/i],
  ['kapp.k14s.io/delete-strategy', /^orphan$/],
];

/** The annotation, or label, that keeps an object in the cluster when its release no longer has it; undefined if none. */
export function keptBy({ metadata: { annotations, labels } }: KubeObject): string | undefined {
  return KEEPING.find(([name, value]) => value.test(annotations?.[name] ?? '') || value.test(labels?.[name] ?? ''))?.[0];
}

/** Kinds whose deletion loses data, or deletes other objects. */
const DATA_KINDS = ['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass', 'Namespace', 'CustomResourceDefinition'];

/** Whether deleting an object needs its own consent. */
export function holdsData({ kind }: { readonly kind: string }): boolean {
  return DATA_KINDS.includes(kind);
}
