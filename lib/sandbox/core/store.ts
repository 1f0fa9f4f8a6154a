import { withAt } from '../../api-schema/json';
import type { KindSchema } from '../../api-schema/schema';
import type { Obj } from '../../kube/fields';
import { textOrEmpty } from '../../kube/fields';

/** A change to one object. */
export interface Change {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: KindSchema;
  readonly object: Obj;
  /** The previous state. */
  readonly previous?: Obj;
}

const EMPTY: ReadonlyMap<string, Obj> = new Map();

/** Key of an object within its kind. */
const nameKey = (namespace: string, name: string): string => `${namespace}/${name}`;

/** Key of a stored object within its kind. */
export const keyOf = (object: Obj): string =>
  nameKey(textOrEmpty(object, 'metadata', 'namespace'), textOrEmpty(object, 'metadata', 'name'));

/**
 * The sandbox's etcd: objects by kind, one revision counter for all of them, and the changes since a revision.
 * Stored objects are never modified in place.
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

  /** Revision of the last change. */
  get revision(): number {
    return this.current;
  }

  /** Watches that start before this revision get 410. */
  get oldestRevision(): number {
    return this.oldest;
  }

  table(kind: KindSchema): ReadonlyMap<string, Obj> {
    return this.mutable(kind);
  }

  /** Objects of a kind in one namespace. */
  inNamespace(kind: KindSchema, namespace: string): ReadonlyMap<string, Obj> {
    return this.namespaces.get(`${kind.apiVersion} ${kind.kind} ${namespace}`) ?? EMPTY;
  }

  get(kind: KindSchema, namespace: string, name: string): Obj | undefined {
    return this.mutable(kind).get(nameKey(namespace, name));
  }

  /** Stores an object with a new resourceVersion and returns the stored one. */
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

  /** Removes an object; its last state has the revision of the removal. */
  remove(kind: KindSchema, object: Obj): Obj {
    this.mutable(kind).delete(keyOf(object));
    this.place(kind, object).delete(keyOf(object));
    const last = withAt(object, ['metadata', 'resourceVersion'], String(++this.current));
    this.emit({ revision: this.current, type: 'DELETED', kind, object: last, previous: object });
    return last;
  }

  /** Changes after a revision. */
  since(revision: number): readonly Change[] {
    // A watch usually needs only the last few changes.
    let first = this.changes.length;
    while (first > 0 && (this.changes[first - 1]?.revision ?? 0) > revision) first--;
    return this.changes.slice(first);
  }

  /** Drops all past changes: watches that start before now get 410, as after a compaction. */
  compact(): void {
    this.changes = [];
    this.oldest = this.current;
  }

  /** Calls back immediately on every change; call the result to unsubscribe. */
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
