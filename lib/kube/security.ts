import type { ContainerSpecFields, PodSpecFields } from './api-types';

/**
 * How a pod may be weakened, each by its name. Everything absent stays as the restricted Pod Security level wants it.
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
   * Whether the image's own files can be written. With a reason, the exception for checks and linters is declared too: some GPU nodes
   * need it, because the CDI hook of their runtime writes into the container.
   * @default false
   */
  readonly writableRootFilesystem?: boolean | { readonly reason: string };
}

/** The pod's half of the security context. */
export function podSecurity(options: SecurityOptions = {}): NonNullable<PodSpecFields['securityContext']> {
  const { runAsUser = 25000, runAsGroup = 26000 } = options;
  return {
    runAsNonRoot: true,
    runAsUser,
    runAsGroup,
    fsGroup: options.fsGroup ?? runAsGroup,
    // Changing the owner of every file of a large model volume at each start takes minutes.
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** A container's half; ids are repeated because linters look at each container alone. */
export function containerSecurity(options: SecurityOptions = {}): NonNullable<ContainerSpecFields['securityContext']> {
  const { runAsUser = 25000, runAsGroup = 26000 } = options;
  return {
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: !(options.writableRootFilesystem ?? false),
    runAsNonRoot: true,
    runAsUser,
    runAsGroup,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** The user that an image is made for. */
export interface ImageUser {
  readonly uid: number;
  readonly gid: number;
  /** Group that owns the volumes. @default the same as gid */
  readonly fsGroup?: number;
}

/** Security options for the user that an image is made for, where nothing else is given. */
export function securityOf(user: ImageUser | undefined, given: SecurityOptions = {}): SecurityOptions {
  if (user === undefined) return given;
  const { uid, gid, fsGroup } = user;
  return { runAsUser: uid, runAsGroup: gid, ...(fsGroup === undefined ? {} : { fsGroup }), ...given };
}
