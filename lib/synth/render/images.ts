import { fieldsAt, listAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { podTemplatesOf } from '../../kube/pod-spec';

/** All images that the pods of these objects run or mount, sorted, without duplicates. */
export function imagesOf(objects: readonly KubeObject[]): readonly string[] {
  const images = objects
    .flatMap(podTemplatesOf)
    .flatMap(({ spec }) => [
      ...[...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap(({ image }) => image ?? []),
      ...listAt(spec, 'volumes').flatMap((volume) => textAt(fieldsAt(volume, 'image'), 'reference') ?? []),
    ]);
  return [...new Set(images)].sort();
}
