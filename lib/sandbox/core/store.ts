import { withAt } from '../../api-schema/json';
import type { KindSchema } from '../../api-schema/schema';
import type { Obj } from '../../kube/fields';
import { textOrEmpty } from '../../kube/fields';

/** One thing that happened to one object. */
export interface Change {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: KindSchema;
  readonly object: Obj;
  /** What was there before. */
  readonly previous?: Obj;
}

const EMPTY: ReadonlyMap<string, Obj> = new Map();

/** Where an object is inside its kind. */
export const nameKey = (namespace: string, name: string): string => `${namespace}/${name}`;

/** The key of a stored object inside its kind. */
export const keyOf = (object: Obj): string =>
  nameKey(textOrEmpty(object, 'metadata', 'namespace'), textOrEmpty(object, 'metadata', 'name'));

/**
 * What etcd is to a real API server: objects by kind, one revision for all of them, and the changes since some revision.
 * Stored objects are never changed in place.
 */
export class Store {
  private readonly tables = new Map<string, Map<string, Obj>>();
  private readonly namespaces = new Map<string, Map<string, Obj>>();
  private readonly listeners = new Set<(change: Change) => void>();
  private changes: Change[] = [];
  private current: number;
  private oldest: number;
  private readonly keep: number;

  constructor(first = 100, keep = 2_000) {
    this.current = first;
    this.oldest = first;
    this.keep = keep;
  }

  /** The revision of the last change. */
  get revision(): number {
    return this.current;
  }

  /** Watches that start before this revision are refused with 410. */
  get oldestRevision(): number {
    return this.oldest;
  }

  table(kind: KindSchema): ReadonlyMap<string, Obj> {
    return this.mutable(kind);
  }

  /** The objects of a kind in one namespace. */
  inNamespace(kind: KindSchema, namespace: string): ReadonlyMap<string, Obj> {
    return this.namespaces.get(`${kind.apiVersion} ${kind.kind} ${namespace}`) ?? EMPTY;
  }

  get(kind: KindSchema, namespace: string, name: string): Obj | undefined {
    return this.mutable(kind).get(nameKey(namespace, name));
  }

  /** Stores it with a new resourceVersion and returns what is stored. */
  put(kind: KindSchema, object: Obj): Obj {
    const table = this.mutable(kind);
    const key = keyOf(object);
    const previous = table.get(key);
    const versioned = withAt(object, ['metadata', 'resourceVersion'], String(++this.current));
    const stored: Obj = { kind: object.kind, apiVersion: object.apiVersion, metadata: versioned.metadata, ...versioned };
    table.set(key, stored);
    this.place(kind, stored).set(key, stored);
    const base = { revision: this.current, kind, object: stored };
    this.emit(previous === undefined ? { ...base, type: 'ADDED' } : { ...base, type: 'MODIFIED', previous });
    return stored;
  }

  /** Takes it away; the last state carries the revision of its end. */
  remove(kind: KindSchema, object: Obj): Obj {
    this.mutable(kind).delete(keyOf(object));
    this.place(kind, object).delete(keyOf(object));
    const last = withAt(object, ['metadata', 'resourceVersion'], String(++this.current));
    this.emit({ revision: this.current, type: 'DELETED', kind, object: last, previous: object });
    return last;
  }

  /** Changes after a revision. */
  since(revision: number): readonly Change[] {
    // A watch asks for the last few of many.
    let first = this.changes.length;
    while (first > 0 && (this.changes[first - 1]?.revision ?? 0) > revision) first--;
    return this.changes.slice(first);
  }

  /** Forgets the changes so far: watches from before get 410, as after a compaction. */
  compact(): void {
    this.changes = [];
    this.oldest = this.current;
  }

  /** Calls back on every change, at once; the result ends it. */
  subscribe(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private place(kind: KindSchema, object: Obj): Map<string, Obj> {
    const id = `${kind.apiVersion} ${kind.kind} ${textOrEmpty(object, 'metadata', 'namespace')}`;
    const there = this.namespaces.get(id) ?? new Map<string, Obj>();
    this.namespaces.set(id, there);
    return there;
  }

  private mutable(kind: KindSchema): Map<string, Obj> {
    const id = `${kind.apiVersion} ${kind.kind}`;
    let table = this.tables.get(id);
    if (table === undefined) {
      table = new Map();
      this.tables.set(id, table);
    }
    return table;
  }

  private emit(change: Change): void {
    this.changes.push(change);
    if (this.changes.length > 2 * this.keep) {
      this.changes = this.changes.slice(-this.keep);
      this.oldest = (this.changes[0]?.revision ?? 1) - 1;
    }
    for (const listener of [...this.listeners]) listener(change);
  }
}
