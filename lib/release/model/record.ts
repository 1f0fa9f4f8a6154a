import type { NamedObject } from '../../kube/address';
import { isClusterScoped } from '../../kube/kinds';
import type { KubeObject } from '../../kube/object';
import type { Revision } from './revision';

/** One object of a deployed revision. */
export interface RecordedObject {
  /** As applied, without secret values. */
  readonly manifest: KubeObject;
  readonly uid?: string;
}

/** The manifests of a deployed revision. */
export interface Content {
  readonly v: 1;
  readonly objects: readonly RecordedObject[];
  /** Gate Jobs and their related objects. */
  readonly gates: readonly { readonly manifest: KubeObject }[];
}

/** A kind in a namespace where objects of the release are or may be. */
export interface KindPlace {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
}

/** One planned write, with the previous object. */
export interface JournalStep {
  readonly action: 'create' | 'change' | 'replace' | 'delete' | 'orphan';
  readonly object: NamedObject;
  /** The previous object, with the ownership of its fields. Secret values are kept next to the record. */
  readonly before?: KubeObject;
  /** The names of objects the cluster deletes along with it. @default - none */
  readonly takesAlong?: readonly string[];
}

/** Work in progress: enough for the next process to roll it back or finish it. */
export interface Journal {
  readonly revision: Revision;
  /** `apply`: can be rolled back. `finish`: everything is ready and judged; only deletions remain. */
  readonly phase: 'apply' | 'finish';
  /** The writes. Empty when stored in parts next to the head: `Store.steps` reads both. */
  readonly steps: readonly JournalStep[];
  /** Digests of the parts with the steps, when they do not fit in the head. @default - they are in `steps` */
  readonly stepParts?: readonly string[];
  /** Label value of the temporary objects of this run: gate Jobs, their related objects, a candidate pod. */
  readonly run: string;
  /** Kinds and namespaces of temporary objects. */
  readonly temporary: readonly KindPlace[];
  /** Digests of the parts with the objects whose values are not in the steps. @default - none */
  readonly aside?: readonly string[];
}

/** The head of a release's record: everything mutable in one object, so that each change is one compare-and-swap. */
export interface Head {
  /** Version of the format. */
  readonly v: 1;
  /** The release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Fencing number of the lock when it was written. */
  readonly fence: number;
  /** Revisions, oldest first. */
  readonly revisions: readonly Revision[];
  /** Where objects of the release are, or were being written. */
  readonly kinds: readonly KindPlace[];
  /** Work in progress; absent between releases. */
  readonly journal?: Journal;
}

/** The kind and namespace of an object, as a LIST addresses it. */
export function placeOf(object: KubeObject): KindPlace {
  const { apiVersion, kind, metadata } = object;
  const { namespace } = metadata;
  return { apiVersion, kind, ...(namespace === undefined || isClusterScoped(object) ? {} : { namespace }) };
}

/** A head as read; `resourceVersion` makes the next write a compare-and-swap. */
export interface StoredHead {
  readonly head: Head;
  readonly resourceVersion: string | undefined;
}

/** Removes duplicate kinds and namespaces. */
export function uniquePlaces(places: readonly KindPlace[]): readonly KindPlace[] {
  return [...new Map(places.map((place) => [`${place.apiVersion}/${place.kind}/${place.namespace ?? ''}`, place])).values()];
}
