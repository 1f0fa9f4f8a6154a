import type { Problem } from '../../errors/problem';
import type { KubeObject } from '../../kube/object';
import type { Desired } from '../../manifests/load';

/** What another tool has released, when its release is adopted. */
export interface Former {
  /** What it was, for history: `Helm revision 7 (fraud-model-1.2.0)`. */
  readonly origin: string;
  /** Its manifests as far as live objects prove them, so that a rollback can go back to it. */
  readonly desired: Desired;
  /** Live objects of it that the new manifests do not have, and that go. */
  readonly leaving: readonly KubeObject[];
  /** What has to be decided before it can be adopted. */
  readonly problems: readonly Problem[];
  /** What should be known of it, such as objects that stay. */
  readonly warnings: readonly Problem[];
}
