import type * as kplus from 'cdk8s-plus-28';
import type { ContainerSpecFields, PodSpecFields, VolumeSource, Written } from './api-types';
import { type ClaimLike, type ConfigMapLike, nameOf, type SecretLike } from './named';
import { containerSecurity, podSecurity, type SecurityOptions } from './security';

/** An environment variable by value, by the key of a Secret or ConfigMap, by reference as the API writes it, or of cdk8s-plus. */
export type EnvValue =
  | string
  | number
  | boolean
  | { readonly secret: SecretLike; readonly key: string; readonly optional?: boolean }
  | { readonly configMap: ConfigMapLike; readonly key: string; readonly optional?: boolean }
  | { readonly valueFrom: Written<kplus.k8s.EnvVarSource> }
  | kplus.EnvValue;

/** Environment variables by name. Numbers and booleans become text. */
export type Env = Readonly<Record<string, EnvValue>>;

/** A volume's source: as the API writes it, or an object of cdk8s-plus. */
export type MountSource = VolumeSource | Exclude<SecretLike | ConfigMapLike | ClaimLike, string>;

/** A volume and where the containers of a component see it. */
export interface Mount {
  /** The volume's name in the pod. */
  readonly name: string;
  /** Source of the volume: `{ emptyDir: {} }`, `{ persistentVolumeClaim: { claimName } }`, or a Secret, ConfigMap or claim of cdk8s-plus. */
  readonly source: MountSource;
  /** Where the main container sees it. @default - only init containers and sidecars that name it do */
  readonly mountPath?: string;
  /** One file or folder inside the volume. */
  readonly subPath?: string;
  /** Whether the container may only read it. @default true, unless the source is an emptyDir */
  readonly readOnly?: boolean;
}

/** A volume that users add. */
export type OwnMount = Mount & { readonly mountPath?: `/${string}` };

/** A container as far as a component sets it; the rest is filled in. Every further API field is kept as it is. */
export interface ContainerInput extends Omit<ContainerSpecFields, 'env' | 'image' | 'name'> {
  /** Name of the container. */
  readonly name: string;
  /** Image, with a version. */
  readonly image: string;
  /** Environment variables. */
  readonly env?: Env;
}

/** A pod as far as a component sets it. */
export interface PodInput {
  readonly serviceAccountName: string;
  readonly containers: readonly ContainerInput[];
  readonly initContainers?: readonly ContainerInput[];
  readonly mounts?: readonly Mount[];
  readonly security?: SecurityOptions;
  readonly imagePullSecrets?: readonly SecretLike[];
  /** @default false; only what talks to the API server has a token */
  readonly serviceAccountToken?: boolean;
  /** Further fields of the pod's spec. */
  readonly spec?: Partial<PodSpecFields>;
}

type EnvVar = Written<kplus.k8s.EnvVar>;
type VolumeMount = Written<kplus.k8s.VolumeMount>;

/** `env` as a manifest has it, in the order it was given. */
export function envList(env: Env): readonly EnvVar[] {
  return Object.entries(env).map(([name, value]): EnvVar => {
    if (typeof value !== 'object') return { name, value: String(value) };
    if ('secret' in value || 'configMap' in value) {
      const { key, optional } = value;
      const reference = (object: string | { readonly name: string }) => ({
        name: nameOf(object),
        key,
        ...(optional === undefined ? {} : { optional }),
      });
      return 'secret' in value
        ? { name, valueFrom: { secretKeyRef: reference(value.secret) } }
        : { name, valueFrom: { configMapKeyRef: reference(value.configMap) } };
    }
    return {
      name,
      ...('value' in value && value.value !== undefined ? { value: String(value.value) } : {}),
      ...(value.valueFrom === undefined ? {} : { valueFrom: value.valueFrom }),
    };
  });
}

/** A volume's source as the API writes it. */
export function volumeSource(source: MountSource): VolumeSource {
  if (!isResource(source)) return source;
  if (source.kind === 'Secret') return { secret: { secretName: source.name } };
  if (source.kind === 'ConfigMap') return { configMap: { name: source.name } };
  return { persistentVolumeClaim: { claimName: source.name } };
}

/** A claim as a volume's source. */
export const claimSource = (claim: ClaimLike): VolumeSource => ({ persistentVolumeClaim: { claimName: nameOf(claim) } });

function isResource(source: MountSource): source is Exclude<MountSource, VolumeSource> {
  return 'kind' in source && 'name' in source;
}

function mountsOf(mounts: readonly Mount[]): readonly VolumeMount[] {
  return mounts.flatMap(({ name, source, mountPath, subPath, readOnly = !('emptyDir' in source) }) =>
    mountPath === undefined
      ? []
      : [{ name, mountPath, ...(subPath === undefined ? {} : { subPath }), ...(readOnly ? { readOnly } : {}) }],
  );
}

function container(input: ContainerInput, security: SecurityOptions, mounts: readonly VolumeMount[]): ContainerSpecFields {
  const { env, volumeMounts = [], ...fields } = input;
  const allMounts = [...mounts, ...volumeMounts];
  return {
    securityContext: containerSecurity(security),
    ...fields,
    ...(env === undefined || Object.keys(env).length === 0 ? {} : { env: envList(env) }),
    ...(allMounts.length === 0 ? {} : { volumeMounts: allMounts }),
  };
}

/** `/tmp` for a container whose root file system is read-only. */
export function scratch(path: string, sizeLimit = '1Gi'): Mount {
  const name = `scratch${path.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`.replace(/-+$/, '');
  return { name, source: { emptyDir: { sizeLimit } }, mountPath: path };
}

/**
 * The spec of a pod: hardened, without Service links (they would put another Service's `REDIS_PORT` into the environment) and
 * without an API token. The first container is the main one and sees all mounts; the others see what they name.
 */
export function podSpec(input: PodInput): PodSpecFields {
  const { mounts = [], security = {}, containers, initContainers = [], imagePullSecrets = [] } = input;
  const volumes = new Map(mounts.map(({ name, source }) => [name, { name, ...volumeSource(source) }]));
  return {
    serviceAccountName: input.serviceAccountName,
    automountServiceAccountToken: input.serviceAccountToken ?? false,
    enableServiceLinks: false,
    securityContext: podSecurity(security),
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map((secret) => ({ name: nameOf(secret) })) }),
    ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map((init) => container(init, security, [])) }),
    containers: containers.map((main, index) => container(main, security, index === 0 ? mountsOf(mounts) : [])),
    ...(volumes.size === 0 ? {} : { volumes: [...volumes.values()] }),
    ...input.spec,
  };
}

/** Shared memory of a pod: a volume in memory, which counts against the memory limit of the container that writes to it. */
export function sharedMemory(sizeLimit: string): Mount {
  return { name: 'shared-memory', source: { emptyDir: { medium: 'Memory', sizeLimit } }, mountPath: '/dev/shm' };
}
