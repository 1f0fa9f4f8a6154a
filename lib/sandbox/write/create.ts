import { alreadyExists, badRequest, Failure, notFound } from '../../api-schema/failure';
import { objAt, withAt } from '../../api-schema/json';
import { refuseMistakes } from '../../api-schema/refusal';
import { applyDefaults } from '../../api-schema/rules/defaults';
import { validateObject } from '../../api-schema/rules/validate';
import type { KindSchema } from '../../api-schema/schema';
import { at, type Obj, textOrEmpty } from '../../kube/fields';
import { admitCreate } from '../admission/admit';
import type { World } from '../core/world';
import type { WriteContext } from './context';
import { recordUpdate } from './ownership';
import { admitMutating, prepareCreate } from './prepare';

/** Stores a new object (just decoded, not shared) and returns it; `applied` brings its managers along. */
export function createObject(world: World, kind: KindSchema, object: Obj, context: WriteContext, applied?: Obj[]): Obj {
  const given = objAt(object, 'metadata');
  const metadata: Obj = { ...given };
  object.metadata = metadata;
  for (const field of [
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'selfLink',
    'uid',
    'resourceVersion',
  ]) {
    delete metadata[field];
  }
  if (kind.generation) delete metadata.generation;
  if (textOrEmpty(metadata, 'name') === '' && textOrEmpty(metadata, 'generateName') !== '')
    metadata.name = `${textOrEmpty(metadata, 'generateName')}${world.newSuffix()}`;
  const name = textOrEmpty(metadata, 'name');
  const namespace = textOrEmpty(metadata, 'namespace');
  if (kind.namespaced) checkNamespace(world, kind, namespace, name);
  if (kind.subresources.includes('status') && !(context.trusted === true && object.status !== undefined))
    resetStatus(kind, object);
  applyDefaults(kind, object);
  if (context.trusted !== true) admitMutating(kind, object);
  const managed = applied ?? recordUpdate(kind, undefined, object, context, world.now());
  // The server reads a Job without labels back with its template's labels, so the next write finds it changed.
  const unsettled =
    kind.kind === 'PersistentVolumeClaim' || (kind.kind === 'Job' && Object.keys(objAt(metadata, 'labels')).length === 0);
  metadata.uid = world.newUid();
  metadata.creationTimestamp = world.now();
  prepareCreate(world, kind, object);
  if (context.trusted !== true) {
    validateObject(kind, object);
    refuseMistakes(kind, object);
  }
  admitCreate(world, kind, object);
  if (managed.length > 0) metadata.managedFields = managed;
  else delete metadata.managedFields;
  const there = world.store.get(kind, namespace, name);
  if (there !== undefined) throw alreadyExists(kind, name, at(there, 'metadata', 'deletionTimestamp') !== undefined);
  if (context.dryRun) return object;
  const stored = world.store.put(kind, object);
  if (unsettled) world.unsettled.add(stored);
  return stored;
}

/** Ignores a status that a client sends with the object itself. */
export function resetStatus(kind: KindSchema, object: Obj, before?: Obj): void {
  const field = kind.type.fields.get('status');
  if (before?.status !== undefined) object.status = before.status;
  else if (field?.fill === undefined) delete object.status;
  else if (before === undefined) object.status = statusFill(kind);
}

function statusFill(kind: KindSchema): Obj {
  const field = kind.type.fields.get('status');
  const result: Obj = {};
  if (field?.type.kind !== 'struct') return result;
  for (const [name, part] of field.type.fields) if (part.fill !== undefined) result[name] = part.fill;
  return result;
}

function checkNamespace(world: World, kind: KindSchema, namespace: string, name: string): void {
  const namespaces = world.registry.builtin('v1', 'Namespace');
  const found = world.store.get(namespaces, '', namespace);
  if (found === undefined) throw notFound(namespaces, namespace);
  if (at(found, 'metadata', 'deletionTimestamp') === undefined) return;
  const why = `namespace ${namespace} is being terminated`;
  const failure = new Failure(
    403,
    'Forbidden',
    `${kind.plural}${groupSuffix(kind)} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    {
      name,
      ...(groupSuffix(kind) === '' ? {} : { group: groupSuffix(kind).slice(1) }),
      kind: kind.plural,
      causes: [{ reason: 'NamespaceTerminating', message: why, field: 'metadata.namespace' }],
    },
  );
  throw failure;
}

function groupSuffix(kind: KindSchema): string {
  return kind.apiVersion.includes('/') ? `.${kind.apiVersion.split('/')[0]}` : '';
}

/** Sets the namespace of the request in the object; a different one is refused. */
export function placeInNamespace(kind: KindSchema, object: Obj, namespace: string): Obj {
  const own = textOrEmpty(object, 'metadata', 'namespace');
  if (!kind.namespaced) return own === '' ? object : withAt(object, ['metadata', 'namespace'], undefined);
  if (own !== '' && own !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return withAt(object, ['metadata', 'namespace'], namespace);
}
