import type { Problem } from '../../errors/problem';
import type { KubeObject } from '../../kube/object';
import type { Desired } from '../../manifests/load';

/** What another tool released, when its release is adopted. */
export interface Former {
  /** Its description in history: `Helm revision 7 (fraud-model-1.2.0)`. */
  readonly origin: string;
  /** Its manifests where live objects confirm them, so that a rollback can return to it. */
  readonly desired: Desired;
  /** Its live objects that the new manifests do not have and that will be removed. */
  readonly leaving: readonly KubeObject[];
  /** What must be decided before it can be adopted. */
  readonly problems: readonly Problem[];
  /** What the user should know about it, such as objects that stay. */
  readonly warnings: readonly Problem[];
}
