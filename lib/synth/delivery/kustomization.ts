import { toYaml } from '../render/yaml';

/**
 * Renders a kustomize file for files of a directory. It is named `Kustomization`, without an extension: kustomize and Flux find
 * it, but `kubectl apply -f` and Argo CD, which would treat it as a cluster object, do not.
 */
export function kustomization(files: readonly string[]): { readonly path: string; readonly content: string } {
  const document = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...files],
    sortOptions: { order: 'fifo' },
  };
  return { path: 'Kustomization', content: toYaml([document]) };
}
