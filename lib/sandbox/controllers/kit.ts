import { copy, objAt, objsAt, same } from '../../api-schema/json';
import type { KindSchema } from '../../api-schema/schema';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import type { Change } from '../core/store';
import type { World } from '../core/world';
import { controllerContext } from '../write/context';
import { createObject } from '../write/create';
import { deleteObject } from '../write/delete';
import { updateObject } from '../write/update';
import { ByLabel } from './by-label';

const MANAGER = 'kube-controller-manager';

/** Shared tools of controllers: objects by owner, writes under the controller's name, conditions, events. */
export class Kit {
  readonly world: World;
  private readonly children = new Map<string, Map<string, Obj>>();
  private readonly events = new Map<string, Obj>();
  private readonly byUid = new Map<string, readonly [KindSchema, Obj]>();
  /** Pods by label. */
  readonly pods = new ByLabel();

  constructor(world: World) {
    this.world = world;
    world.store.subscribe((change) => this.index(change));
  }

  kind(apiVersion: string, kind: string): KindSchema {
    return this.world.registry.builtin(apiVersion, kind);
  }

  get(kind: KindSchema, key: string): Obj | undefined {
    const [namespace = '', name = ''] = key.split('/');
    return this.world.store.get(kind, namespace, name);
  }

  all(kind: KindSchema, namespace?: string): Obj[] {
    const { store } = this.world;
    return [...(namespace === undefined ? store.table(kind) : store.inNamespace(kind, namespace)).values()];
  }

  /** Finds an object by UID, with its kind. */
  ofUid(uid: string): readonly [KindSchema, Obj] | undefined {
    return this.byUid.get(uid);
  }

  /** Objects of one kind that this object controls, oldest first. */
  owned(owner: Obj, kind: string): Obj[] {
    const found = this.children.get(textOrEmpty(owner, 'metadata', 'uid'));
    return found === undefined ? [] : [...found.values()].filter((object) => object.kind === kind);
  }

  /** Stored objects are shared and immutable; a create fills in its object, so it gets a copy. */
  create(kind: KindSchema, object: Obj): Obj {
    const own = copy({ apiVersion: kind.apiVersion, kind: kind.kind, ...object });
    return createObject(this.world, kind, own, controllerContext(MANAGER));
  }

  update(kind: KindSchema, before: Obj, next: Obj, subresource = '', manager = MANAGER): Obj {
    return updateObject(this.world, kind, before, next, controllerContext(manager, subresource));
  }

  /** Writes the status if it differs. Fields set to undefined are removed. */
  status(kind: KindSchema, object: Obj, status: Obj, manager = MANAGER): Obj {
    const clean = Object.fromEntries(Object.entries(status).filter(([, value]) => value !== undefined));
    return same(object.status, clean) ? object : this.update(kind, object, { ...object, status: clean }, 'status', manager);
  }

  remove(kind: KindSchema, object: Obj): void {
    deleteObject(this.world, kind, object, { dryRun: false, propagation: 'Background' });
  }

  /** Writes an Event, or increments the count of an equal one. */
  event(about: Obj, type: 'Normal' | 'Warning', reason: string, message: string, component: string): void {
    const kind = this.kind('v1', 'Event');
    const { name, namespace = 'default', uid, resourceVersion } = objAt(about, 'metadata');
    const key = `${String(uid)} ${reason} ${message}`;
    const now = this.world.now();
    const known = this.events.get(key);
    const stored =
      known === undefined
        ? undefined
        : this.world.store.get(kind, textOrEmpty(known, 'metadata', 'namespace'), textOrEmpty(known, 'metadata', 'name'));
    if (stored !== undefined) {
      this.events.set(
        key,
        this.world.store.put(kind, { ...stored, count: (numberAt(stored, 'count') ?? 1) + 1, lastTimestamp: now }),
      );
      return;
    }
    const event: Obj = {
      kind: 'Event',
      apiVersion: 'v1',
      metadata: {
        name: `${String(name)}.${this.world.newSuffix()}`,
        namespace,
        uid: this.world.newUid(),
        creationTimestamp: now,
      },
      involvedObject: { kind: about.kind, namespace, name, uid, apiVersion: about.apiVersion, resourceVersion },
      reason,
      message,
      source: { component },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      eventTime: null,
      reportingComponent: component,
      reportingInstance: '',
    };
    this.events.set(key, this.world.store.put(kind, event));
  }

  private index({ type, kind, object, previous }: Change): void {
    const uid = textOrEmpty(object, 'metadata', 'uid');
    if (type === 'DELETED') this.byUid.delete(uid);
    else if (kind.kind !== 'Event') this.byUid.set(uid, [kind, object]);
    if (kind.kind === 'Pod' && kind.apiVersion === 'v1') {
      if (type === 'DELETED') this.pods.drop(object);
      else if (previous === undefined || !same(labelsOf(previous), labelsOf(object))) this.pods.put(object, previous);
      else this.pods.put(object);
    }
    for (const owner of objsAt(previous, 'metadata', 'ownerReferences'))
      this.children.get(textOrEmpty(owner, 'uid'))?.delete(uid);
    if (type === 'DELETED') return;
    for (const owner of objsAt(object, 'metadata', 'ownerReferences')) {
      if (owner.controller !== true) continue;
      const key = textOrEmpty(owner, 'uid');
      const known = this.children.get(key) ?? new Map<string, Obj>();
      this.children.set(key, known.set(uid, object));
    }
  }
}

const labelsOf = (object: Obj): Obj => objAt(object, 'metadata', 'labels');

/** Owner reference that makes `owner` the controller of an object. */
export function controllerReference(owner: Obj): Obj {
  const { name, uid } = objAt(owner, 'metadata');
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Key of an object's controller, if it is of this kind. */
export function controllerKey(object: Obj, kind: string): string | undefined {
  const owner = objsAt(object, 'metadata', 'ownerReferences').find((reference) => reference.controller === true);
  return owner?.kind === kind ? `${textOrEmpty(object, 'metadata', 'namespace')}/${textOrEmpty(owner, 'name')}` : undefined;
}

/** Returns the conditions with one of them set. Its transition time changes only with its status. */
export function withCondition(conditions: readonly Obj[], next: Obj, now: string, extra: Obj = {}): Obj[] {
  const before = conditions.find((condition) => condition.type === next.type);
  const lastTransitionTime = before?.status === next.status ? (before?.lastTransitionTime ?? now) : now;
  if (before !== undefined && before.status === next.status && before.reason === next.reason && before.message === next.message)
    return [...conditions];
  return [...conditions.filter((condition) => condition.type !== next.type), { ...next, ...extra, lastTransitionTime }];
}

export const conditionOf = (object: Obj, type: string): Obj | undefined =>
  objsAt(object, 'status', 'conditions').find((condition) => condition.type === type);

export const isDeleting = (object: Obj): boolean => objAt(object, 'metadata').deletionTimestamp !== undefined;
