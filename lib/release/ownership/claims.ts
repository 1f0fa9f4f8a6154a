import type { Problem } from '../../errors/problem';
import { fieldsAt, listAt, numberAt, textAt, textOrEmpty } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { quantityValue } from '../../kube/quantity';

const STORAGE = ['spec', 'resources', 'requests', 'storage'] as const;

/** Whether an object is a PVC with a live size above the wanted one. A PVC cannot shrink. */
export function hasGrown(wanted: KubeObject, live: KubeObject | undefined): live is KubeObject {
  if (wanted.kind !== 'PersistentVolumeClaim' || live === undefined) return false;
  const [size, now] = [textAt(wanted, ...STORAGE), textAt(live, ...STORAGE)];
  return size !== undefined && now !== undefined && quantityValue(now) > quantityValue(size);
}

/** The manifest of a PVC with the size that the live one has grown to. */
export function withLiveSize(manifest: KubeObject, live: KubeObject): KubeObject {
  const spec = fieldsAt(manifest, 'spec');
  const resources = fieldsAt(spec, 'resources');
  const requests = { ...fieldsAt(resources, 'requests'), storage: textAt(live, ...STORAGE) };
  return { ...manifest, spec: { ...spec, resources: { ...resources, requests } } };
}

/** Reports that a PVC keeps its size. */
export function keepsSize(wanted: KubeObject, live: KubeObject): Problem {
  return {
    code: 'CLAIM_KEEPS_SIZE',
    subject: displayName(wanted),
    path: STORAGE.join('.'),
    message: 'has grown, and a claim cannot shrink; it keeps its size',
    got: textAt(live, ...STORAGE),
    expected: textOrEmpty(wanted, ...STORAGE),
    remedy: 'Set this size in the manifests, or move the data to a smaller claim.',
  };
}

/** Whether an object may already hold data: a bound PVC, or its volume. */
export function isBound({ kind, status }: KubeObject): boolean {
  return (kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume') && textAt(status, 'phase') === 'Bound';
}

/** The PVCs that a StatefulSet created from its templates and does not delete; they were never part of the release. */
export function claimsOf(object: KubeObject): readonly KubeObject[] {
  const policy = textAt(object, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted');
  if (object.kind !== 'StatefulSet' || policy === 'Delete') return [];
  const replicas = numberAt(object, 'spec', 'replicas') ?? 1;
  const first = numberAt(object, 'spec', 'ordinals', 'start') ?? 0;
  return listAt(object, 'spec', 'volumeClaimTemplates').flatMap((template) =>
    Array.from({ length: replicas }, (_, index) => {
      const name = `${textAt(template, 'metadata', 'name')}-${object.metadata.name}-${first + index}`;
      const { namespace } = object.metadata;
      return {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
      };
    }),
  );
}

/** Reports an object that stays when its release is removed. */
export function kept(object: KubeObject, why: string): Problem {
  const remedy = 'It belongs to no release now; delete it yourself when it is not needed any more.';
  return { code: 'OBJECT_KEPT', subject: displayName(object), message: `stays, because ${why}`, remedy };
}
