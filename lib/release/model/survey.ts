import type { Problem } from '../../errors/problem';
import type { KubeObject } from '../../kube/object';
import type { Desired } from '../../manifests/load';
import type { Former } from './former';
import type { RecordedObject, StoredHead } from './record';

/** Everything a plan is based on, as read. */
export interface Survey {
  readonly desired: Desired;
  readonly stored: StoredHead | undefined;
  /** The record of each object in the deployed revision, by key. */
  readonly recorded: ReadonlyMap<string, RecordedObject>;
  /** The gates of the deployed revision, with their related objects. @default - unknown */
  readonly gates?: readonly KubeObject[];
  /** The uids of the objects that, according to the record, the release created. */
  readonly uids: ReadonlySet<string>;
  /** The live objects of the release, by key. */
  readonly live: ReadonlyMap<string, KubeObject>;
  /** Autoscalers, by the key of the object they scale. */
  readonly scaled: ReadonlyMap<string, KubeObject>;
  /** What another tool released, in an adoption. @default - none */
  readonly former?: Former;
  /** Parts of the record that could not be read; the plan works without them. */
  readonly warnings: readonly Problem[];
}
