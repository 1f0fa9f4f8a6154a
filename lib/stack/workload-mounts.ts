import { type Mount, scratch, sharedMemory } from '../kube/pod';
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
