import type { ContainerSpecFields, PodSpecFields } from './api-types';

/**
 * Options that relax a pod's security, each by name. Everything else follows the restricted Pod Security level.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export interface SecurityOptions {
  /** User id of all containers. @default 25000 */
  readonly runAsUser?: number;
  /** Group id of all containers. @default 26000 */
  readonly runAsGroup?: number;
  /** Group that owns the volumes. @default the same as runAsGroup */
  readonly fsGroup?: number;
  /**
   * Whether the root file system is writable. With a reason, the exception is also declared for checks and linters: some GPU
   * nodes need this, because their runtime's CDI hook writes into the container.
   * @default false
   */
  readonly writableRootFilesystem?: boolean | { readonly reason: string };
  /**
   * Capabilities of the main container and why it needs them, such as `IPC_LOCK` for RDMA. The exception is also declared for
   * checks and linters. Namespaces that enforce the baseline or restricted level refuse the pods.
   * @default - none
   */
  readonly capabilities?: { readonly add: readonly [Capability, ...Capability[]]; readonly reason: string };
}

/** A Linux capability that model servers need. */
export type Capability = 'IPC_LOCK' | 'SYS_RAWIO' | 'SYS_NICE' | 'SYS_RESOURCE' | 'NET_RAW' | 'NET_ADMIN' | 'SYS_PTRACE';

/** The pod's part of the security context. */
export function podSecurity(options: SecurityOptions = {}): NonNullable<PodSpecFields['securityContext']> {
  const { runAsUser = 25000, runAsGroup = 26000 } = options;
  return {
    runAsNonRoot: true,
    runAsUser,
    runAsGroup,
    fsGroup: options.fsGroup ?? runAsGroup,
    // Changing the owner of every file in a large model volume at each start takes minutes.
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** A container's part; ids are repeated because linters check each container separately. */
export function containerSecurity(options: SecurityOptions = {}): NonNullable<ContainerSpecFields['securityContext']> {
  const { runAsUser = 25000, runAsGroup = 26000 } = options;
  return {
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: !(options.writableRootFilesystem ?? false),
    runAsNonRoot: true,
    runAsUser,
    runAsGroup,
    capabilities: { ...(options.capabilities === undefined ? {} : { add: options.capabilities.add }), drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** The user that an image is built for. */
export interface ImageUser {
  readonly uid: number;
  readonly gid: number;
  /** Group that owns the volumes. @default the same as gid */
  readonly fsGroup?: number;
}

/** Security options for an image's user, where no others are given. */
export function securityOf(user: ImageUser | undefined, given: SecurityOptions = {}): SecurityOptions {
  if (user === undefined) return given;
  const { uid, gid, fsGroup } = user;
  return { runAsUser: uid, runAsGroup: gid, ...(fsGroup === undefined ? {} : { fsGroup }), ...given };
}
