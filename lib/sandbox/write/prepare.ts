import { objAt, objsAt, same } from '../../api-schema/json';
import { qosClass } from '../../api-schema/rules/pod-defaults';
import type { KindSchema } from '../../api-schema/schema';
import { at, type Obj, textOrEmpty } from '../../kube/fields';
import type { World } from '../core/world';

/** Sets the server's own fields in a new object, after ownership has been recorded. In place. */
export function prepareCreate(world: World, kind: KindSchema, object: Obj): void {
  const metadata = objAt(object, 'metadata');
  if (kind.generation) metadata.generation = 1;
  PREPARERS[kind.kind]?.(world, object);
}

const PREPARERS: Readonly<Record<string, (world: World, object: Obj) => void>> = {
  Job: (_, object) => labelJob(object),
  Service: (world, object) => allocateService(world, objAt(object, 'spec'), undefined),
  Pod: (_, object) => {
    object.status = { phase: 'Pending', qosClass: qosClass(objAt(object, 'spec')) };
  },
  Namespace: (_, object) => {
    object.spec = { finalizers: ['kubernetes'] };
    object.status = { phase: 'Active' };
  },
  PersistentVolumeClaim: (world, object) => {
    protect(object, 'kubernetes.io/pvc-protection');
    const spec = objAt(object, 'spec');
    const name = spec.storageClassName === undefined ? defaultStorageClass(world) : undefined;
    if (name !== undefined) spec.storageClassName = name;
    object.status = { phase: 'Pending' };
  },
  PersistentVolume: (world, object) => {
    protect(object, 'kubernetes.io/pv-protection');
    object.status = { phase: 'Pending', lastPhaseTransitionTime: world.now() };
  },
};

/** Additions owned by the writer: they precede the recording of ownership. In place. */
export function admitMutating(kind: KindSchema, object: Obj): void {
  const metadata = objAt(object, 'metadata');
  if (kind.kind === 'Namespace') {
    metadata.labels = { ...objAt(metadata, 'labels'), 'kubernetes.io/metadata.name': textOrEmpty(metadata, 'name') };
  }
  if (kind.kind === 'DaemonSet' && metadata.uid === undefined)
    metadata.annotations = { ...objAt(metadata, 'annotations'), [TEMPLATES]: '1' };
}

const TEMPLATES = 'deprecated.daemonset.template.generation';

/** A DaemonSet counts its templates in an annotation. In place. */
export function countTemplates(before: Obj, after: Obj): void {
  const metadata = objAt(after, 'metadata');
  const count = Number(textOrEmpty(before, 'metadata', 'annotations', TEMPLATES));
  const isNew = !same(objAt(before, 'spec').template, objAt(after, 'spec').template);
  metadata.annotations = { ...objAt(metadata, 'annotations'), [TEMPLATES]: String(isNew ? count + 1 : count) };
}

function protect(object: Obj, finalizer: string): void {
  const metadata = objAt(object, 'metadata');
  metadata.finalizers = [...new Set([...texts(metadata.finalizers), finalizer])];
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function defaultStorageClass(world: World): string | undefined {
  const annotation = 'storageclass.kubernetes.io/is-default-class';
  for (const item of world.store.table(world.registry.builtin('storage.k8s.io/v1', 'StorageClass')).values()) {
    if (at(item, 'metadata', 'annotations', annotation) === 'true') return textOrEmpty(item, 'metadata', 'name');
  }
  return undefined;
}

/** Selector and labels that connect a Job to its pods. */
function labelJob(object: Obj): void {
  const spec = objAt(object, 'spec');
  if (spec.manualSelector === true) return;
  const uid = textOrEmpty(object, 'metadata', 'uid');
  const name = textOrEmpty(object, 'metadata', 'name');
  const mine = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const template = objAt(spec, 'template');
  const metadata = objAt(template, 'metadata');
  const labelled = { ...objAt(metadata, 'labels'), ...mine };
  spec.template = { ...template, metadata: { ...metadata, labels: labelled } };
  // On the server, a Job without labels shares its template's map of labels.
  const own = objAt(object, 'metadata', 'labels');
  if (Object.keys(own).length === 0 || same(own, objAt(metadata, 'labels'))) objAt(object, 'metadata').labels = { ...labelled };
  spec.selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
}

/** Sets addresses and node ports of a Service, and keeps existing ones. In place. */
export function allocateService(world: World, spec: Obj, before: Obj | undefined): void {
  const type = textOrEmpty(spec, 'type');
  if (before !== undefined && spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (type === 'ExternalName') {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) delete spec[field];
    return;
  }
  if (before !== undefined && textOrEmpty(before, 'clusterIP') !== '') spec.clusterIP ??= before.clusterIP;
  if (before !== undefined && !same(before.clusterIP, spec.clusterIP) && same(before.clusterIPs, spec.clusterIPs))
    delete spec.clusterIPs;
  spec.clusterIP ??= world.newServiceIp();
  spec.clusterIPs ??= [spec.clusterIP];
  spec.ipFamilies ??= before?.ipFamilies ?? ['IPv4'];
  spec.ipFamilyPolicy ??= before?.ipFamilyPolicy ?? 'SingleStack';
  if (type !== 'NodePort' && type !== 'LoadBalancer') return;
  for (const port of objsAt(spec, 'ports')) {
    const known = objsAt(before ?? {}, 'ports').find((other) => other.port === port.port && other.protocol === port.protocol);
    if (spec.allocateLoadBalancerNodePorts !== false) port.nodePort ??= known?.nodePort ?? world.newNodePort();
  }
}
