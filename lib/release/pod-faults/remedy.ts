/** How to fix each cause, by reason. */
const REMEDIES: Readonly<Record<string, string>> = {
  ImageNotFound: 'Push the image, or correct its name or tag, and apply again.',
  ImageForbidden: 'Give the pods a pull secret that may read this image, and apply again.',
  RegistryUnknown: 'Correct the host in the name of the image, and apply again.',
  ClaimMissing: 'Create the PersistentVolumeClaim, or correct its name, and apply again.',
  ImageInvalid: 'Correct the name of the image and apply again.',
  CrashLoop: 'Read the last log lines, correct the container or its settings, and apply again.',
  OOMKilled: 'Raise the memory limit, or make the container use less, and apply again.',
  ConfigError: 'Create the ConfigMap, Secret or key that is named, and apply again.',
  VolumeMissing: 'Create the ConfigMap, Secret or key that is named, and apply again.',
  ContainerError: 'Correct the command or the mounts of the container, and apply again.',
  QuotaExceeded: 'Ask for a larger quota, or for fewer replicas or smaller requests, and apply again.',
  GroupSize: 'Delete the leader pod of that group, so that its controller creates the group again, and apply again.',
  PodSecurity: 'Bring the pods to the Pod Security level of the namespace, and apply again.',
  PodsRefused: 'Do what the refusal asks for, and apply again.',
};

/** How to fix the cause of a failed rollout. */
export function remedyFor(reason: string): string {
  return REMEDIES[reason] ?? 'Correct the cause and apply again.';
}
