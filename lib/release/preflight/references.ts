import type { Problem } from '../../errors/problem';
import { fieldsAt, listAt, numberAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { podTemplatesOf } from '../../kube/pod-spec';
import { isTemplatedClaim, madeByOthers } from '../../kube/providers';
import { podReferencesOf } from '../../kube/references';
import { changesOf, type Plan } from '../model/plan';

/** A prerequisite in the cluster for an object of the plan. */
export interface Wanted {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name: string;
  /** Keys it must contain. */
  readonly keys: readonly string[];
  /** The object that refers to it, and the field. */
  readonly subject: string;
  readonly path: string;
  /** Number of pods that the object runs. */
  readonly pods: number;
}

/** Definite and possible problems with the references of a plan. */
export interface Looked {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

type Reference = Omit<Wanted, 'subject' | 'apiVersion' | 'pods'>;

/** API versions of the referenced kinds. */
const VERSIONS: Readonly<Record<string, string>> = {
  StorageClass: 'storage.k8s.io/v1',
  PriorityClass: 'scheduling.k8s.io/v1',
  RuntimeClass: 'node.k8s.io/v1',
  IngressClass: 'networking.k8s.io/v1',
  GatewayClass: 'gateway.networking.k8s.io/v1',
};

/** The API version of a referenced kind. */
export function versionOfReferred(kind: string): string {
  return VERSIONS[kind] ?? 'v1';
}

/**
 * References of a plan's changed objects and gates that the plan does not provide: without those that another of its objects
 * creates at run time, and without optional ones.
 */
export function wantedOf(planned: Plan): readonly Wanted[] {
  const staying = planned.objects.flatMap(({ action, manifest }) =>
    manifest === undefined || action === 'delete' ? [] : manifest,
  );
  const gates = planned.gates.flatMap(({ job, support }) => [job, ...support]);
  const brought = [...staying, ...gates];
  const here = new Map(brought.map((object) => [placeOf(object.kind, object.metadata.namespace, object.metadata.name), object]));
  const made = madeByOthers(brought);
  const changed = changesOf(planned).flatMap(({ manifest, action }) =>
    manifest === undefined || action === 'refused' ? [] : manifest,
  );
  return [...changed, ...gates].flatMap((object) => {
    const namespace = object.metadata.namespace ?? planned.namespace;
    return referencesOf(object, namespace, planned).flatMap((one): readonly Wanted[] => {
      const there = here.get(placeOf(one.kind, one.namespace, one.name));
      // Server-side apply keeps keys that other clients added, so only a new object is known to lack one.
      if (there !== undefined) return [];
      if (one.namespace !== undefined && made.has(one.name)) return [];
      if (one.kind === 'PersistentVolumeClaim' && isTemplatedClaim(one.name, brought)) return [];
      if (one.kind === 'StorageClass' && providesVolumes(brought, one.name)) return [];
      return [{ ...one, apiVersion: versionOfReferred(one.kind), subject: displayName(object), pods: podsKept(object) }];
    });
  });
}

/** The number of pods a workload always has; one where unknown. */
function podsKept(object: KubeObject): number {
  return ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(object.kind) ? (numberAt(object, 'spec', 'replicas') ?? 1) : 1;
}

function placeOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}

/** A class without a provisioner exists through the volumes that name it. */
function providesVolumes(objects: readonly KubeObject[], name: string): boolean {
  return objects.some(({ kind, spec }) => kind === 'PersistentVolume' && textAt(spec, 'storageClassName') === name);
}

function referencesOf(object: KubeObject, namespace: string, planned: Plan): readonly Reference[] {
  const global = (kind: string, from: unknown, at: string, field: string): readonly Reference[] => {
    const name = textAt(from, field);
    return name === undefined || name === '' ? [] : [{ kind, name, keys: [], path: `${at}.${field}` }];
  };
  const local = (kind: string, name: string | undefined, at: string): readonly Reference[] =>
    name === undefined || name === '' || name === 'default' ? [] : [{ kind, namespace, name, keys: [], path: at }];
  const claimed = (claim: unknown, at: string) =>
    global('StorageClass', fieldsAt(claim, 'spec'), `${at}.spec`, 'storageClassName');
  switch (object.kind) {
    case 'PersistentVolumeClaim':
      return claimed(object, '').map((one) => ({ ...one, path: 'spec.storageClassName' }));
    case 'Gateway':
      return global('GatewayClass', object.spec, 'spec', 'gatewayClassName');
    case 'Ingress':
      return [
        ...global('IngressClass', object.spec, 'spec', 'ingressClassName'),
        ...listAt(object, 'spec', 'tls').flatMap((one, index) =>
          local('Secret', textAt(one, 'secretName'), `spec.tls[${index}].secretName`),
        ),
      ];
  }
  return podTemplatesOf(object).flatMap(({ spec, path: template }) => {
    const path = template === '' ? 'spec' : `${template}.spec`;
    return [
      ...podReferencesOf(spec, path).map((one) => ({ ...one, namespace })),
      ...local(
        'ServiceAccount',
        textAt(spec, 'serviceAccountName') ?? textAt(spec, 'serviceAccount'),
        `${path}.serviceAccountName`,
      ),
      ...listAt(spec, 'imagePullSecrets').flatMap((one, index) =>
        local('Secret', textAt(one, 'name'), `${path}.imagePullSecrets[${index}].name`),
      ),
      ...global('PriorityClass', spec, path, 'priorityClassName'),
      ...global('RuntimeClass', spec, path, 'runtimeClassName'),
      ...listAt(object, 'spec', 'volumeClaimTemplates').flatMap((claim, index) =>
        claimed(claim, `spec.volumeClaimTemplates[${index}]`),
      ),
      ...listAt(spec, 'volumes').flatMap((volume, index) =>
        claimed(fieldsAt(volume, 'ephemeral', 'volumeClaimTemplate'), `${path}.volumes[${index}].ephemeral.volumeClaimTemplate`),
      ),
      ...servicesOf(spec, path, planned),
    ];
  });
}

const SERVICE = /(?:^|[/@\s])([a-z][a-z0-9-]*)\.([a-z0-9][a-z0-9-]*)\.svc(?:\.cluster\.local)?\.?(?=[:/\s,]|$)/g;

/** The Services in other namespaces that a pod's environment names in full. */
function servicesOf(spec: unknown, path: string, { namespace: home }: Plan): readonly Reference[] {
  return listAt(spec, 'containers').flatMap((container) =>
    listAt(container, 'env').flatMap((variable) =>
      [...(textAt(variable, 'value') ?? '').matchAll(SERVICE)].flatMap(([, name = '', namespace = '']): readonly Reference[] => {
        const at = `${path}.containers[name=${textAt(container, 'name')}].env[name=${textAt(variable, 'name')}].value`;
        return namespace === home ? [] : [{ kind: 'Service', namespace, name, keys: [], path: at }];
      }),
    ),
  );
}
