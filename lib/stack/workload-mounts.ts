import { fieldsAt } from '../kube/fields';
import { type Mount, scratch, sharedMemory } from '../kube/pod';
import { parseQuantity } from '../kube/quantity';
import type { WorkloadTraits } from './workload-props';

/** Volumes of a component; a user's volume replaces a directory that only needs to be writable. */
export function ownMounts(
  { mounts, writableDirectories, sharedMemory: shm }: WorkloadTraits,
  volumes: readonly Mount[] = [],
): readonly Mount[] {
  const fixed = mounts?.() ?? [];
  const taken = new Set([...fixed, ...volumes].map(({ mountPath }) => mountPath));
  const written = [...new Set(writableDirectories)].filter((path) => !taken.has(path)).map((path) => scratch(path));
  return [...fixed, ...(shm === undefined || taken.has('/dev/shm') ? [] : [sharedMemory(shm)]), ...written];
}

/** Bytes on the node's disk for a user's scratch volumes, which the pod's limit must include. */
export function diskOf(volumes: readonly Mount[] = []): number {
  const sizes = new Map(
    volumes.map(({ name, source }) => {
      const { medium, sizeLimit } = fieldsAt(source, 'emptyDir');
      return [name, medium === 'Memory' ? 0 : (parseQuantity(String(sizeLimit ?? '0')) ?? 0)];
    }),
  );
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
