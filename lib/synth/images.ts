import type { KubeObject } from '../kube/object';
import { podSpecOf } from '../kube/pod-spec';

/** Every image that the pods of these objects run, sorted, each once. */
export function imagesOf(objects: readonly KubeObject[]): readonly string[] {
  const containers = objects.flatMap((object) => {
    const pod = podSpecOf(object);
    return [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])];
  });
  return [...new Set(containers.flatMap(({ image }) => image ?? []))].sort();
}
