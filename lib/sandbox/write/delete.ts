import { Failure } from '../../api-schema/failure';
import { objAt, withAt } from '../../api-schema/json';
import type { KindSchema } from '../../api-schema/schema';
import { at, numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { groupOf } from '../../kube/object';
import type { World } from '../core/world';

export interface DeleteRequest {
  readonly dryRun: boolean;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagation?: string;
  readonly gracePeriodSeconds?: number;
}

/** Kinds for which a delete returns the object instead of a Status. */
const ANSWERS_OBJECT = new Set([
  'Pod',
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ResourceQuota',
  'Service',
  'ServiceAccount',
]);

/** Deletes now, or marks for deletion while finalizers or a grace period delay it. Returns the server's response. */
export function deleteObject(world: World, kind: KindSchema, object: Obj, request: DeleteRequest): Obj {
  checkPreconditions(kind, object, request);
  const metadata = objAt(object, 'metadata');
  const finalizers = finalizersFor(kind, metadata, request);
  const grace = gracePeriod(kind, object, request);
  const holds = finalizers.length > 0 || grace > 0 || kind.kind === 'Namespace';
  if (!holds) {
    const last = kind.kind === 'Pod' ? { ...object, metadata: ended(world, kind, metadata, finalizers, grace) } : object;
    const version = request.dryRun ? metadata.resourceVersion : at(world.store.remove(kind, last), 'metadata', 'resourceVersion');
    return ANSWERS_OBJECT.has(kind.kind) ? withAt(last, ['metadata', 'resourceVersion'], version) : success(kind, object);
  }
  const already = metadata.deletionTimestamp !== undefined;
  const shorter = already && grace < Number(metadata.deletionGracePeriodSeconds ?? 0);
  const same = already && !shorter && JSON.stringify(finalizers) === JSON.stringify(metadata.finalizers ?? []);
  if (same) return object;
  const marked: Obj = {
    ...object,
    metadata: already && !shorter ? { ...metadata, finalizers } : ended(world, kind, metadata, finalizers, grace),
  };
  if (kind.kind === 'Namespace') marked.status = { ...objAt(object, 'status'), phase: 'Terminating' };
  return request.dryRun ? marked : world.store.put(kind, marked);
}

function ended(world: World, kind: KindSchema, metadata: Obj, finalizers: readonly string[], grace: number): Obj {
  const time = `${new Date(world.clock.now() + grace * 1000).toISOString().slice(0, 19)}Z`;
  const result: Obj = { ...metadata, deletionTimestamp: time, deletionGracePeriodSeconds: grace };
  if (kind.kind === 'Namespace') delete result.deletionGracePeriodSeconds;
  if (finalizers.length > 0) result.finalizers = [...finalizers];
  if (typeof metadata.generation === 'number') result.generation = metadata.generation + 1;
  return result;
}

function finalizersFor(kind: KindSchema, metadata: Obj, { propagation }: DeleteRequest): string[] {
  const kept = Array.isArray(metadata.finalizers) ? metadata.finalizers.map(String) : [];
  const decided = kept.includes('orphan') || kept.includes('foregroundDeletion');
  const policy = propagation ?? (kind.kind === 'Job' && !decided ? 'Orphan' : undefined);
  if (policy === undefined) return kept;
  const rest = kept.filter((finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion');
  if (policy === 'Orphan') return [...rest, 'orphan'];
  return policy === 'Foreground' ? [...rest, 'foregroundDeletion'] : rest;
}

function gracePeriod(kind: KindSchema, pod: Obj, request: DeleteRequest): number {
  if (kind.kind !== 'Pod') return 0;
  const ended = ['Succeeded', 'Failed'].includes(textOrEmpty(pod, 'status', 'phase'));
  if (ended || textOrEmpty(pod, 'spec', 'nodeName') === '') return 0;
  return request.gracePeriodSeconds ?? numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30;
}

function checkPreconditions(kind: KindSchema, object: Obj, { uid, resourceVersion }: DeleteRequest): void {
  const name = textOrEmpty(object, 'metadata', 'name');
  const group = groupOf(kind.apiVersion);
  const subject = group === '' ? kind.kind : `${kind.kind}.${group}`;
  const refuse = (why: string): never => {
    const details = { name, ...(group === '' ? {} : { group }), kind: kind.kind };
    throw new Failure(409, 'Conflict', `Operation cannot be fulfilled on ${subject} "${name}": ${why}`, details);
  };
  const [ownUid, ownVersion] = [textOrEmpty(object, 'metadata', 'uid'), textOrEmpty(object, 'metadata', 'resourceVersion')];
  if (uid !== undefined && uid !== ownUid) {
    refuse(
      `the UID in the precondition (${uid}) does not match the UID in record (${ownUid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== ownVersion) {
    refuse(
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${ownVersion}). The object might have been modified`,
    );
  }
}

function success(kind: KindSchema, object: Obj): Obj {
  const group = groupOf(kind.apiVersion);
  const details: Obj = {
    name: textOrEmpty(object, 'metadata', 'name'),
    ...(group === '' ? {} : { group }),
    kind: kind.plural,
    uid: at(object, 'metadata', 'uid'),
  };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
