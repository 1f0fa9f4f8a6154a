import type * as kplus from 'cdk8s-plus-28';
import type { ContainerSpecFields, PodSpecFields, VolumeSource, Written } from './api-types';
import { type ClaimLike, type ConfigMapLike, nameOf, type SecretLike } from './named';
import { containerSecurity, podSecurity, type SecurityOptions } from './security';

/** An environment variable: a value, a key of a Secret or ConfigMap, an API reference, or a cdk8s-plus value. */
export type EnvValue =
  | string
  | number
  | boolean
  | { readonly secret: SecretLike; readonly key: string; readonly optional?: boolean }
  | { readonly configMap: ConfigMapLike; readonly key: string; readonly optional?: boolean }
  | { readonly valueFrom: Written<kplus.k8s.EnvVarSource> }
  | kplus.EnvValue;

/** Environment variables by name. Numbers and booleans are converted to text. */
export type Env = Readonly<Record<string, EnvValue>>;

/** A volume source: in the API's spelling, or a cdk8s-plus object. */
export type MountSource = VolumeSource | Exclude<SecretLike | ConfigMapLike | ClaimLike, string>;

/** A volume, and its mount path in a component's containers. */
export interface Mount {
  /** The volume's name in the pod. */
  readonly name: string;
  /** Source of the volume: `{ emptyDir: {} }`, `{ persistentVolumeClaim: { claimName } }`, or a cdk8s-plus object. */
  readonly source: MountSource;
  /** Mount path in the main container. @default - only init containers and sidecars that name it mount it */
  readonly mountPath?: string;
  /** One file or directory inside the volume. */
  readonly subPath?: string;
  /** Whether the mount is read-only. @default true, unless the source is an emptyDir */
  readonly readOnly?: boolean;
}

/** A volume added by users. */
export type OwnMount = Mount & { readonly mountPath?: `/${string}` };

/** The container fields that a component sets; the rest is filled in. Additional API fields are kept unchanged. */
export interface ContainerInput extends Omit<ContainerSpecFields, 'env' | 'image' | 'name'> {
  /** Name of the container. */
  readonly name: string;
  /** Image, with a version. */
  readonly image: string;
  /** Environment variables. */
  readonly env?: Env;
}

/** The pod fields that a component sets. */
export interface PodInput {
  readonly serviceAccountName: string;
  readonly containers: readonly ContainerInput[];
  readonly initContainers?: readonly ContainerInput[];
  readonly mounts?: readonly Mount[];
  readonly security?: SecurityOptions;
  readonly imagePullSecrets?: readonly SecretLike[];
  /** @default false; only pods that call the API server have a token */
  readonly serviceAccountToken?: boolean;
  /** Additional fields of the pod spec. */
  readonly spec?: Partial<PodSpecFields>;
}

type EnvVar = Written<kplus.k8s.EnvVar>;
type VolumeMount = Written<kplus.k8s.VolumeMount>;

/** `env` in manifest form, in its original order. */
function envList(env: Env): readonly EnvVar[] {
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

/** A volume source in the API's spelling. */
function volumeSource(source: MountSource): VolumeSource {
  if (!isResource(source)) return source;
  if (source.kind === 'Secret') return { secret: { secretName: source.name } };
  if (source.kind === 'ConfigMap') return { configMap: { name: source.name } };
  return { persistentVolumeClaim: { claimName: source.name } };
}

/** A PVC as a volume source. */
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

/** `/tmp` for a container with a read-only root file system. */
export function scratch(path: string, sizeLimit = '1Gi'): Mount {
  const name = `scratch${path.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`.replace(/-+$/, '');
  return { name, source: { emptyDir: { sizeLimit } }, mountPath: path };
}

/**
 * The spec of a pod: hardened, without Service links (they would add another Service's `REDIS_PORT` to the environment) and
 * without an API token. The first container is the main one and gets all mounts; the others get those they name.
 */
export function podSpec(input: PodInput): PodSpecFields {
  const { mounts = [], security = {}, containers, initContainers = [], imagePullSecrets = [] } = input;
  const { capabilities: _onlyMain, ...others } = security;
  const volumes = new Map(mounts.map(({ name, source }) => [name, { name, ...volumeSource(source) }]));
  return {
    serviceAccountName: input.serviceAccountName,
    automountServiceAccountToken: input.serviceAccountToken ?? false,
    enableServiceLinks: false,
    securityContext: podSecurity(security),
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map((secret) => ({ name: nameOf(secret) })) }),
    ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map((init) => container(init, others, [])) }),
    containers: containers.map((one, index) =>
      index === 0 ? container(one, security, mountsOf(mounts)) : container(one, others, []),
    ),
    ...(volumes.size === 0 ? {} : { volumes: [...volumes.values()] }),
    ...input.spec,
  };
}

/** Shared memory of a pod: an in-memory volume, which counts against the memory limit of the container that writes to it. */
export function sharedMemory(sizeLimit: string): Mount {
  return { name: 'shared-memory', source: { emptyDir: { medium: 'Memory', sizeLimit } }, mountPath: '/dev/shm' };
}
