import type { Problem } from '../../errors/problem';
import type { KubeObject } from '../../kube/object';
import type { Desired } from '../../manifests/load';
import type { Former } from './former';
import type { RecordedObject, StoredHead } from './record';

/** Everything a plan is made from, as it was read. */
export interface Survey {
  readonly desired: Desired;
  readonly stored: StoredHead | undefined;
  /** What the record says about each object of the deployed revision, by key. */
  readonly recorded: ReadonlyMap<string, RecordedObject>;
  /** The gates of the deployed revision, with what belongs to them. @default - not known */
  readonly gates?: readonly KubeObject[];
  /** The uids of the objects that the record says the release has made. */
  readonly uids: ReadonlySet<string>;
  /** The live objects of the release, by key. */
  readonly live: ReadonlyMap<string, KubeObject>;
  /** Keys of objects whose replicas an autoscaler sets. */
  readonly scaled: ReadonlyMap<string, KubeObject>;
  /** What another tool has released, when it is adopted. @default - nothing */
  readonly former?: Former;
  /** What of the record could not be read; the plan does without it. */
  readonly warnings: readonly Problem[];
}
