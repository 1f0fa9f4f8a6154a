import { fieldsAt } from '../kube/fields';
import { type Mount, scratch, sharedMemory } from '../kube/pod';
import { parseQuantity } from '../kube/quantity';
import type { WorkloadTraits } from './workload-props';

/** The volumes of a component's own; a user's volume takes the place of a directory that only has to be writable. */
export function ownMounts(
  { mounts, writableDirectories, sharedMemory: shm }: WorkloadTraits,
  volumes: readonly Mount[] = [],
): readonly Mount[] {
  const fixed = mounts?.() ?? [];
  const taken = new Set([...fixed, ...volumes].map(({ mountPath }) => mountPath));
  const written = [...new Set(writableDirectories)].filter((path) => !taken.has(path)).map((path) => scratch(path));
  return [...fixed, ...(shm === undefined || taken.has('/dev/shm') ? [] : [sharedMemory(shm)]), ...written];
}

/** Bytes of the node's disk that a user's own scratch volumes may take: the pod's limit has to hold them. */
export function diskOf(volumes: readonly Mount[] = []): number {
  const sizes = new Map(
    volumes.map(({ name, source }) => {
      const { medium, sizeLimit } = fieldsAt(source, 'emptyDir');
      return [name, medium === 'Memory' ? 0 : (parseQuantity(String(sizeLimit ?? '0')) ?? 0)];
    }),
  );
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
