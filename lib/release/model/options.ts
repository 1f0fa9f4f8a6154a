import type { LoadOptions } from '../../manifests/load';
import type { PlanOptions } from './plan';

/** Options of a release. */
export interface ReleaseOptions extends LoadOptions, PlanOptions, LockOptions {
  /** @default 'rollback' */
  readonly onFailure?: 'rollback' | 'keep';
  /** How long the rollout may take altogether, in milliseconds. @default - as long as there is progress */
  readonly timeoutMs?: number;
  /** Create the release's namespace when it is missing. @default false */
  readonly createNamespace?: boolean;
  /** How many revisions the record keeps; the deployed one is always kept. @default 10 */
  readonly historyLimit?: number;
  /** Release although the nodes there are cannot take the pods: nodes will be added. @default false */
  readonly ignoreCapacity?: boolean;
  /** Whether to release although Secrets, claims or classes that objects refer to are not in the cluster yet. @default false */
  readonly ignoreMissing?: boolean;
  /** Whether to release without the signature that the environment demands; only for sandboxes. @default false */
  readonly allowUnsigned?: boolean;
  /** Let the recovery of an interrupted release touch objects outside of its namespace, and roles. @default false */
  readonly recover?: boolean;
  /** The first interrupt: stop, and undo. @default - none */
  readonly signal?: AbortSignal;
}

export interface LockOptions {
  /** How long to wait for a holder that is alive, in milliseconds. @default 0 */
  readonly waitMs?: number;
}
