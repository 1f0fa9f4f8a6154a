import { at, textAt } from '../../kube/fields';
import { parseQuantity } from '../../kube/quantity';
import { type Container, itemsAt } from '../inventory/inventory';
import { ownSeverity } from '../model/context';
import { type Found, type Rule, rule } from '../model/rule';

/** A scratch volume that may exceed its pod's limit: the pod is evicted or killed before the volume is full. */
export const volumeAboveLimit: Rule = rule(
  'VOLUME_ABOVE_LIMIT',
  'error',
  'Make the volume smaller, or raise the limits of the containers that mount it.',
  ({ workloads }, context) =>
    workloads.flatMap(({ object, spec, path, containers }) =>
      itemsAt(spec, 'volumes').flatMap((volume): readonly Found[] => {
        const size = parseQuantity(String(at(volume, 'emptyDir', 'sizeLimit') ?? ''));
        const inMemory = textAt(volume, 'emptyDir', 'medium') === 'Memory';
        const resource = inMemory ? 'memory' : 'ephemeral-storage';
        // A file in memory counts toward the container that wrote it, one on disk toward the whole pod.
        const mounting = containers.filter(({ fields }) =>
          itemsAt(fields, 'volumeMounts').some(({ name }) => name === volume.name),
        );
        const counted = inMemory ? mounting : containers.filter(({ init }) => !init);
        const limit = sumOf(counted, resource);
        if (size === undefined || limit === undefined || counted.length === 0 || size <= limit) return [];
        const message = inMemory
          ? 'the volume may take more memory than the containers that mount it'
          : 'the volume may take more disk than the pod, which is evicted then';
        return [
          {
            object,
            path: `${path}.volumes[name=${volume.name}].emptyDir.sizeLimit`,
            message,
            got: at(volume, 'emptyDir', 'sizeLimit'),
            expected: `at most ${limit / 2 ** 20}Mi, the limits of ${resource}`,
            severity: ownSeverity(context, object),
          },
        ];
      }),
    ),
);

/** Sum of the containers' limits; undefined if one of them has none. */
function sumOf(containers: readonly Container[], resource: string): number | undefined {
  const limits = containers.map(({ fields }) => parseQuantity(String(at(fields, 'resources', 'limits', resource) ?? '')));
  return limits.reduce<number | undefined>(
    (sum, limit) => (sum === undefined || limit === undefined ? undefined : sum + limit),
    0,
  );
}
