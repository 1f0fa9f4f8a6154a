import type { NamedObject } from '../../kube/address';
import { isClusterScoped } from '../../kube/kinds';
import type { KubeObject } from '../../kube/object';
import type { Revision } from './revision';

/** One object of a deployed revision. */
export interface RecordedObject {
  /** As applied, without secret values. */
  readonly manifest: KubeObject;
  readonly uid?: string;
  /** Digest of the manifest as it is here. Absent for Secrets. */
  readonly digest?: string;
  /** Digest of what this tool owned in the object afterwards. */
  readonly owned?: string;
}

/** The manifests of a deployed revision. */
export interface Content {
  readonly v: 1;
  readonly objects: readonly RecordedObject[];
  /** Gate Jobs and what belongs to them. */
  readonly gates: readonly { readonly manifest: KubeObject }[];
}

/** A kind in a namespace that objects of the release are or may be in. */
export interface KindPlace {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
}

/** One write that is going to happen, with what is there before. */
export interface JournalStep {
  readonly action: 'create' | 'change' | 'replace' | 'delete' | 'orphan';
  readonly object: NamedObject;
  /** The object before, with the ownership of its fields. Secret values are kept beside the record. */
  readonly before?: KubeObject;
  /** The names of what the cluster deletes along with it. @default - nothing */
  readonly takesAlong?: readonly string[];
}

/** Work under way: enough for the next process to roll it back or to finish it. */
export interface Journal {
  readonly revision: Revision;
  /** `apply`: can be undone. `finish`: all is ready and judged; only deletions remain. */
  readonly phase: 'apply' | 'finish';
  /** The writes. Empty where they are in parts beside the head: `Store.steps` reads either. */
  readonly steps: readonly JournalStep[];
  /** Digests of the parts with the steps, when these are too many for the head. @default - they are in `steps` */
  readonly stepParts?: readonly string[];
  /** Label value of the temporary objects of this run: gate Jobs, what they need, a candidate pod. */
  readonly run: string;
  /** Kinds and namespaces of temporary objects. */
  readonly temporary: readonly KindPlace[];
  /** Digests of the parts with the objects whose values are not in the steps. @default - none are kept */
  readonly aside?: readonly string[];
}

/** The head of a release's record: all that changes, in one object, so that each change is one compare-and-swap. */
export interface Head {
  /** Version of the format. */
  readonly v: 1;
  /** The release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Fencing number of the lock under which it was written. */
  readonly fence: number;
  /** Oldest first. */
  readonly revisions: readonly Revision[];
  /** Where objects of the release are, or were being written. */
  readonly kinds: readonly KindPlace[];
  /** Work under way; nothing between releases. */
  readonly journal?: Journal;
}

/** Where an object is, as a LIST addresses it. */
export function placeOf(object: KubeObject): KindPlace {
  const { apiVersion, kind, metadata } = object;
  const { namespace } = metadata;
  return { apiVersion, kind, ...(namespace === undefined || isClusterScoped(object) ? {} : { namespace }) };
}

/** A head as it was read; `resourceVersion` makes the next write a compare-and-swap. */
export interface StoredHead {
  readonly head: Head;
  readonly resourceVersion: string | undefined;
}

/** Kinds and namespaces, each once. */
export function uniquePlaces(places: readonly KindPlace[]): readonly KindPlace[] {
  return [...new Map(places.map((place) => [`${place.apiVersion}/${place.kind}/${place.namespace ?? ''}`, place])).values()];
}
