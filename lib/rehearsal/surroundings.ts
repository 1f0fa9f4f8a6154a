import { at, fieldsAt, isFields, listAt, textAt } from '../kube/fields';
import { kindInfo } from '../kube/kinds';
import { type KubeObject, keyOf } from '../kube/object';
import { podSpecOf } from '../kube/pod-spec';

/**
 * Objects that manifests refer to but do not contain: namespaces, Secrets, ConfigMaps, PVCs, ServiceAccounts, classes. A real
 * cluster has them.
 */
export function surroundingsOf(objects: readonly KubeObject[], fallbackNamespace: string): readonly KubeObject[] {
  const there = new Set(objects.map((object) => keyOf(placed(object, fallbackNamespace))));
  const wanted = new Map<string, KubeObject>();
  const want = (object: KubeObject) => {
    const key = keyOf(object);
    const known = wanted.get(key);
    const data = { ...fieldsAt(known, 'data'), ...fieldsAt(object, 'data') };
    if (!there.has(key)) wanted.set(key, Object.keys(data).length === 0 ? object : { ...object, data });
  };
  want(clusterWide('v1', 'Namespace', fallbackNamespace));
  for (const object of objects) {
    const { namespace = fallbackNamespace } = object.metadata;
    if (kindInfo(object)?.namespaced !== false) want(clusterWide('v1', 'Namespace', namespace));
    for (const found of referencesOf(object, namespace)) want(found);
  }
  const rank = ({ kind }: KubeObject) => (kind === 'Namespace' ? 0 : 1);
  return [...wanted.values()].sort((a, b) => rank(a) - rank(b));
}

function placed(object: KubeObject, fallback: string): KubeObject {
  if (kindInfo(object)?.namespaced === false) return object;
  return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? fallback } };
}

function clusterWide(apiVersion: string, kind: string, name: string, more: Readonly<Record<string, unknown>> = {}): KubeObject {
  return { apiVersion, kind, metadata: { name }, ...more };
}

function referencesOf(object: KubeObject, namespace: string): readonly KubeObject[] {
  const found: KubeObject[] = [];
  const add = (kind: string, name: unknown, more: Readonly<Record<string, unknown>> = {}) => {
    if (typeof name === 'string' && name !== '') found.push({ apiVersion: 'v1', kind, metadata: { name, namespace }, ...more });
  };
  const key = (reference: unknown, value: string) => ({ data: { [textAt(reference, 'key') ?? 'value']: value } });
  const spec = podSpecOf(object);
  for (const volume of listAt(spec, 'volumes')) {
    add('Secret', at(volume, 'secret', 'secretName'));
    add('ConfigMap', at(volume, 'configMap', 'name'));
    add('PersistentVolumeClaim', at(volume, 'persistentVolumeClaim', 'claimName'), CLAIM);
    for (const source of listAt(volume, 'projected', 'sources')) {
      add('Secret', at(source, 'secret', 'name'));
      add('ConfigMap', at(source, 'configMap', 'name'));
    }
  }
  for (const container of [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')]) {
    for (const { valueFrom } of listAt(container, 'env').filter(isFields)) {
      const [secret, settings] = [at(valueFrom, 'secretKeyRef'), at(valueFrom, 'configMapKeyRef')];
      add('Secret', textAt(secret, 'name'), key(secret, 'cmVoZWFyc2Fs'));
      add('ConfigMap', textAt(settings, 'name'), key(settings, 'rehearsal'));
    }
    for (const source of listAt(container, 'envFrom')) {
      add('Secret', at(source, 'secretRef', 'name'));
      add('ConfigMap', at(source, 'configMapRef', 'name'));
    }
  }
  for (const secret of listAt(spec, 'imagePullSecrets')) add('Secret', at(secret, 'name'));
  add('ServiceAccount', at(spec, 'serviceAccountName'));
  if (object.kind === 'Ingress') for (const tls of listAt(object, 'spec', 'tls')) add('Secret', at(tls, 'secretName'));
  return [...found, ...classesOf(object, spec)];
}

const CLAIM = { spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '10Gi' } } } };

function classesOf(object: KubeObject, spec: unknown): readonly KubeObject[] {
  const priority = textAt(spec, 'priorityClassName');
  const ingress = object.kind === 'Ingress' ? textAt(object, 'spec', 'ingressClassName') : undefined;
  return [
    ...(priority === undefined || priority.startsWith('system-')
      ? []
      : [clusterWide('scheduling.k8s.io/v1', 'PriorityClass', priority, { value: 1000 })]),
    ...(ingress === undefined
      ? []
      : [clusterWide('networking.k8s.io/v1', 'IngressClass', ingress, { spec: { controller: 'rehearsal/ingress' } })]),
  ];
}
