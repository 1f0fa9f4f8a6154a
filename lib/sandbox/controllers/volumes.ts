import { objAt, objsAt, withAt } from '../../api-schema/json';
import { at, type Obj, textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { isDeleting, type Kit } from './kit';
import { hasEnded } from './pods';
import type { Controller } from './runtime';

const PROTECTION = 'kubernetes.io/pvc-protection';

/** Provisions a volume for every PVC with a suitable class, and removes deleted PVCs once no pod uses them. */
export class Volumes implements Controller {
  private readonly kit: Kit;

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type }: Change): Iterable<string> {
    if (kind.kind === 'PersistentVolumeClaim' && type !== 'DELETED') yield keyOf(object);
    if (kind.kind !== 'Pod') return;
    for (const name of claimsOf(object)) yield `${textOrEmpty(object, 'metadata', 'namespace')}/${name}`;
  }

  reconcile(key: string): undefined {
    const { kit } = this;
    const kind = kit.kind('v1', 'PersistentVolumeClaim');
    const claim = kit.get(kind, key);
    if (claim === undefined) return;
    const users = kit
      .all(kit.kind('v1', 'Pod'), textOrEmpty(claim, 'metadata', 'namespace'))
      .filter((pod) => claimsOf(pod).includes(textOrEmpty(claim, 'metadata', 'name')) && !hasEnded(pod));
    if (isDeleting(claim)) {
      const finalizers = objAt(claim, 'metadata').finalizers;
      const rest = Array.isArray(finalizers) ? finalizers.filter((finalizer) => finalizer !== PROTECTION) : [];
      if (users.length === 0)
        kit.update(kind, claim, withAt(claim, ['metadata', 'finalizers'], rest.length > 0 ? rest : undefined));
      return;
    }
    if (textOrEmpty(claim, 'status', 'phase') === 'Bound') return;
    const storage = kit.get(kit.kind('storage.k8s.io/v1', 'StorageClass'), `/${textOrEmpty(claim, 'spec', 'storageClassName')}`);
    const waits = at(storage, 'volumeBindingMode') === 'WaitForFirstConsumer' && users.length === 0;
    if (storage === undefined || waits) return;
    this.bind(claim, storage);
  }

  private bind(claim: Obj, storage: Obj): void {
    const { kit } = this;
    const kind = kit.kind('v1', 'PersistentVolumeClaim');
    const volumeKind = kit.kind('v1', 'PersistentVolume');
    const { name, namespace, uid } = objAt(claim, 'metadata');
    const volumeName = `pvc-${String(uid)}`;
    const { accessModes = [], storageClassName = null, volumeMode = 'Filesystem' } = objAt(claim, 'spec');
    const capacity = { storage: at(claim, 'spec', 'resources', 'requests', 'storage') ?? '1Gi' };
    const volume = kit.create(volumeKind, {
      metadata: { name: volumeName },
      spec: {
        capacity,
        accessModes,
        storageClassName,
        volumeMode,
        persistentVolumeReclaimPolicy: storage.reclaimPolicy ?? 'Delete',
        hostPath: { path: `/volumes/${volumeName}`, type: '' },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid },
      },
    });
    kit.status(volumeKind, volume, { ...objAt(volume, 'status'), phase: 'Bound' });
    const annotations = {
      ...objAt(claim, 'metadata', 'annotations'),
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    };
    const bound = kit.update(
      kind,
      claim,
      withAt(withAt(claim, ['spec', 'volumeName'], volumeName), ['metadata', 'annotations'], annotations),
    );
    kit.status(kind, bound, { phase: 'Bound', accessModes, capacity });
  }
}

function claimsOf(pod: Obj): string[] {
  return objsAt(pod, 'spec', 'volumes')
    .map((volume) => textOrEmpty(volume, 'persistentVolumeClaim', 'claimName'))
    .filter((name) => name !== '');
}
