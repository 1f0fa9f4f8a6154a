import type { KubeObject } from '../kube/object';

/** Every image that the pods of these objects run, sorted, each once. */
export function imagesOf(objects: readonly KubeObject[]): readonly string[] {
  const images = new Set<string>();
  collect(objects, images);
  return [...images].sort();
}

function collect(value: unknown, images: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if ((key === 'containers' || key === 'initContainers') && Array.isArray(child)) {
      for (const container of child as readonly { readonly image?: unknown }[]) {
        if (typeof container.image === 'string') images.add(container.image);
      }
    }
    collect(child, images);
  }
}
