import type { LoadOptions } from '../../manifests/load';
import type { PlanOptions } from './plan';

/** Options of a release. */
export interface ReleaseOptions extends LoadOptions, PlanOptions, LockOptions {
  /** What to do when a release fails. @default 'rollback' */
  readonly onFailure?: 'rollback' | 'keep';
  /** Maximum duration of the rollout, in milliseconds. @default - as long as there is progress */
  readonly timeoutMs?: number;
  /** Whether to create the release's namespace when it is missing. @default false */
  readonly createNamespace?: boolean;
  /** Number of revisions in the record; the deployed one is always kept. @default 10 */
  readonly historyLimit?: number;
  /** Whether to release without current node capacity, because nodes will be added. @default false */
  readonly ignoreCapacity?: boolean;
  /** Whether to release although referenced Secrets, PVCs or classes are not in the cluster yet. @default false */
  readonly ignoreMissing?: boolean;
  /** Whether to release without the signature that the environment requires; only for sandboxes. @default false */
  readonly allowUnsigned?: boolean;
  /** Whether recovery of an interrupted release may change roles, and objects outside its namespace. @default false */
  readonly recover?: boolean;
  /** The first interrupt: stop, and roll back. @default - none */
  readonly signal?: AbortSignal;
}

export interface LockOptions {
  /** How long to wait for a live holder, in milliseconds. @default 0 */
  readonly waitMs?: number;
}
