import { at, type Fields, textAt } from '../../kube/fields';
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
    workloads.flatMap(({ object, spec, path, containers }) => [
      // The sizes that this library sets are upper bounds, which are not reached together.
      ...(ownSeverity(context, object) === 'error' ? [] : diskOf(object, spec, path, containers)),
      ...itemsAt(spec, 'volumes').flatMap((volume): readonly Found[] => {
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
    ]),
);

/** Several volumes on disk, each of which fits, and that together do not. */
function diskOf(object: Found['object'], spec: Fields, path: string, containers: readonly Container[]): readonly Found[] {
  const sizes = itemsAt(spec, 'volumes').flatMap((volume) => {
    const inMemory = textAt(volume, 'emptyDir', 'medium') === 'Memory';
    return inMemory ? [] : (parseQuantity(String(at(volume, 'emptyDir', 'sizeLimit') ?? '')) ?? []);
  });
  const running = containers.filter(({ init }) => !init);
  const limit = sumOf(running, 'ephemeral-storage');
  const sum = sizes.reduce((total, size) => total + size, 0);
  if (limit === undefined || running.length === 0 || sizes.length < 2 || sum <= limit || sizes.some((size) => size > limit))
    return [];
  const message = 'the volumes together may take more disk than the pod, which is evicted then';
  const expected = `at most ${limit / 2 ** 20}Mi, the limits of ephemeral-storage`;
  return [{ object, path: `${path}.volumes`, message, got: `${sum / 2 ** 20}Mi`, expected, severity: 'warning' }];
}

/** A medium that the kubelet does not know: it fails at the mount, and the pod waits forever. */
export const volumeMedium: Rule = rule('VOLUME_MEDIUM', 'error', 'Leave the medium out, or write Memory.', ({ workloads }) =>
  workloads.flatMap(({ object, spec, path }) =>
    itemsAt(spec, 'volumes').flatMap((volume): readonly Found[] => {
      const got = textAt(volume, 'emptyDir', 'medium');
      if (got === undefined || /^(?:|Memory|HugePages(?:-\d+(?:Ki|Mi|Gi))?)$/.test(got)) return [];
      const place = `${path}.volumes[name=${volume.name}].emptyDir.medium`;
      return [{ object, path: place, message: 'the kubelet knows no such medium', got, expected: 'Memory, or none' }];
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
