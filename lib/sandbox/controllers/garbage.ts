import { objAt, objsAt } from '../../api-schema/json';
import type { KindSchema } from '../../api-schema/schema';
import { type Obj, textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { controllerContext } from '../write/context';
import { updateObject } from '../write/update';
import { isDeleting, type Kit } from './kit';
import type { Controller } from './runtime';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** Deletes objects without remaining owners; processes the finalizers of foreground and orphan deletion. */
export class Garbage implements Controller {
  private readonly kit: Kit;
  /** Objects by the UID of each of their owners, as `kind key`. */
  private readonly dependents = new Map<string, Map<string, KindSchema>>();

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type, previous }: Change): Iterable<string> {
    const id = `${kind.apiVersion} ${kind.kind} ${keyOf(object)}`;
    const uid = textOrEmpty(object, 'metadata', 'uid');
    for (const owner of objsAt(previous, 'metadata', 'ownerReferences')) {
      const key = textOrEmpty(owner, 'uid');
      this.dependents.get(key)?.delete(id);
      if (type === 'DELETED' && owner.blockOwnerDeletion === true) yield `owner ${key}`;
    }
    if (type === 'DELETED') {
      yield* this.dependents.get(uid)?.keys() ?? [];
      return;
    }
    const owners = objsAt(object, 'metadata', 'ownerReferences');
    for (const owner of owners) {
      const known = this.dependents.get(textOrEmpty(owner, 'uid')) ?? new Map<string, KindSchema>();
      this.dependents.set(textOrEmpty(owner, 'uid'), known.set(id, kind));
    }
    if (type === 'ADDED' && owners.length > 0) yield id;
    if (isDeleting(object) && Array.isArray(objAt(object, 'metadata').finalizers)) yield id;
  }

  reconcile(id: string): undefined {
    if (id.startsWith('owner ')) {
      const owner = this.kit.ofUid(id.slice('owner '.length));
      if (owner !== undefined) this.finish(...owner);
      return;
    }
    const [apiVersion = '', name = '', key = ''] = id.split(' ');
    const kind = this.kit.world.registry.find(apiVersion, name);
    const object = kind === undefined ? undefined : this.kit.get(kind, key);
    if (kind === undefined || object === undefined) return;
    if (isDeleting(object)) this.finish(kind, object);
    else if (this.isOrphaned(object)) this.kit.remove(kind, object);
  }

  /** Whether the object has owners and none of them exists any longer. */
  private isOrphaned(object: Obj): boolean {
    const owners = objsAt(object, 'metadata', 'ownerReferences');
    return (
      owners.length > 0 &&
      owners.every((reference) => {
        const kind = this.kit.world.registry.find(textOrEmpty(reference, 'apiVersion'), textOrEmpty(reference, 'kind'));
        if (kind === undefined) return false;
        const namespace = kind.namespaced ? textOrEmpty(object, 'metadata', 'namespace') : '';
        const owner = this.kit.get(kind, `${namespace}/${textOrEmpty(reference, 'name')}`);
        return owner === undefined || textOrEmpty(owner, 'metadata', 'uid') !== textOrEmpty(reference, 'uid');
      })
    );
  }

  private finish(kind: KindSchema, object: Obj): void {
    const finalizers = objAt(object, 'metadata').finalizers;
    const list = Array.isArray(finalizers) ? finalizers.map(String) : [];
    const uid = textOrEmpty(object, 'metadata', 'uid');
    const dependents = this.dependentsOf(uid);
    if (list.includes(ORPHAN)) {
      for (const [dependentKind, dependent] of dependents) {
        const rest = objsAt(dependent, 'metadata', 'ownerReferences').filter((owner) => owner.uid !== uid);
        const { ownerReferences: _, ...metadata } = objAt(dependent, 'metadata');
        const next: Obj = { ...dependent, metadata: { ...metadata, ...(rest.length > 0 ? { ownerReferences: rest } : {}) } };
        this.kit.update(dependentKind, dependent, next);
      }
      this.drop(kind, object, ORPHAN);
    } else if (list.includes(FOREGROUND)) {
      for (const [dependentKind, dependent] of dependents) if (!isDeleting(dependent)) this.kit.remove(dependentKind, dependent);
      const blocking = this.dependentsOf(uid).some(([, dependent]) =>
        objsAt(dependent, 'metadata', 'ownerReferences').some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
      );
      if (!blocking) this.drop(kind, object, FOREGROUND);
    }
  }

  private drop(kind: KindSchema, object: Obj, finalizer: string): void {
    const metadata = objAt(object, 'metadata');
    const list = Array.isArray(metadata.finalizers) ? metadata.finalizers.filter((item) => item !== finalizer) : [];
    const { finalizers: _, ...rest } = metadata;
    const next: Obj = { ...object, metadata: list.length > 0 ? { ...rest, finalizers: list } : rest };
    updateObject(this.kit.world, kind, object, next, controllerContext('kube-controller-manager'));
  }

  private dependentsOf(uid: string): (readonly [KindSchema, Obj])[] {
    return [...(this.dependents.get(uid) ?? [])].flatMap(([id, kind]) => {
      const object = this.kit.get(kind, id.split(' ')[2] ?? '/');
      return object === undefined ? [] : [[kind, object] as const];
    });
  }
}
