import { containerSecurity, podSecurity, type SecurityOptions } from './security';

/** An environment variable by value, by reference, or as the API writes it. */
export type EnvValue = string | number | boolean | { readonly valueFrom: Readonly<Record<string, unknown>> };

/** Environment variables by name. Numbers and booleans become text. */
export type Env = Readonly<Record<string, EnvValue>>;

/** A volume and where the containers of a component see it. */
export interface Mount {
  /** The volume's name in the pod. */
  readonly name: string;
  /** The volume's source as the API writes it: `{ emptyDir: {} }`, `{ persistentVolumeClaim: { claimName } }`. */
  readonly source: Readonly<Record<string, unknown>>;
  /** Where the main container sees it. @default - only init containers and sidecars that name it do */
  readonly mountPath?: string;
  /** One file or folder inside the volume. */
  readonly subPath?: string;
  /** Whether the container may only read it. @default true, unless the source is an emptyDir */
  readonly readOnly?: boolean;
}

/** A container as far as a component says it; the rest is filled in. Every further API field is kept as it is. */
export interface ContainerInput {
  /** Name of the container. */
  readonly name: string;
  /** Image, with a version. */
  readonly image: string;
  /** Environment variables. */
  readonly env?: Env;
  readonly [field: string]: unknown;
}

/** A pod as far as a component says it. */
export interface PodInput {
  readonly serviceAccountName: string;
  readonly containers: readonly ContainerInput[];
  readonly initContainers?: readonly ContainerInput[];
  readonly mounts?: readonly Mount[];
  readonly security?: SecurityOptions;
  readonly imagePullSecrets?: readonly string[];
  /** @default false; only what talks to the API server has a token */
  readonly serviceAccountToken?: boolean;
  /** Further fields of the pod's spec. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** `env` as a manifest has it, in the order it was given. */
export function envList(env: Env): readonly Record<string, unknown>[] {
  return Object.entries(env).map(([name, value]) =>
    typeof value === 'object' ? { name, ...value } : { name, value: String(value) },
  );
}

function mountsOf(mounts: readonly Mount[]): readonly Record<string, unknown>[] {
  return mounts.flatMap(({ name, source, mountPath, subPath, readOnly = !('emptyDir' in source) }) =>
    mountPath === undefined
      ? []
      : [{ name, mountPath, ...(subPath === undefined ? {} : { subPath }), ...(readOnly ? { readOnly } : {}) }],
  );
}

function container(
  input: ContainerInput,
  security: SecurityOptions,
  mounts: readonly Record<string, unknown>[],
): Record<string, unknown> {
  const { env, volumeMounts, ...fields } = input;
  const own = Array.isArray(volumeMounts) ? volumeMounts : [];
  const allMounts = [...mounts, ...own];
  return {
    securityContext: containerSecurity(security),
    ...fields,
    ...(env === undefined || Object.keys(env).length === 0 ? {} : { env: envList(env) }),
    ...(allMounts.length === 0 ? {} : { volumeMounts: allMounts }),
  };
}

/** `/tmp` for a container whose root file system is read-only. */
export function scratch(path: string, sizeLimit = '1Gi'): Mount {
  const name = `scratch${path.replaceAll(/[^a-z0-9]+/g, '-')}`.replace(/-+$/, '');
  return { name, source: { emptyDir: { sizeLimit } }, mountPath: path };
}

/**
 * The spec of a pod: hardened, without Service links (they would put another Service's `REDIS_PORT` into the environment) and
 * without an API token. The first container is the main one and sees all mounts; the others see what they name.
 */
export function podSpec(input: PodInput): Record<string, unknown> {
  const { mounts = [], security = {}, containers, initContainers = [], imagePullSecrets = [] } = input;
  const volumes = new Map(mounts.map(({ name, source }) => [name, { name, ...source }]));
  return {
    serviceAccountName: input.serviceAccountName,
    automountServiceAccountToken: input.serviceAccountToken ?? false,
    enableServiceLinks: false,
    securityContext: podSecurity(security),
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map((init) => container(init, security, [])) }),
    containers: containers.map((main, index) => container(main, security, index === 0 ? mountsOf(mounts) : [])),
    ...(volumes.size === 0 ? {} : { volumes: [...volumes.values()] }),
    ...input.spec,
  };
}
