import { fieldsAt, isFields, listAt, numberAt, textAt } from './fields';
import { isBuiltIn } from './kinds';
import type { KubeObject } from './object';
import { podSpecOf, podTemplatesOf } from './pod-spec';

/** Custom kinds that read Secrets and ConfigMaps but create none. */
const READERS = new Set([
  ...['ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig', 'TriggerAuthentication', 'ClusterTriggerAuthentication'],
  ...['SecretStore', 'ClusterSecretStore', 'Issuer', 'ClusterIssuer', 'Gateway', 'HTTPRoute', 'GRPCRoute', 'BackendTLSPolicy'],
  ...['VolumeSnapshot', 'ScaledObject', 'ScaledJob', 'PrometheusRule', 'InferencePool', 'InferenceObjective', 'Rollout'],
  ...['LeaderWorkerSet', 'DisaggregatedSet', 'RayService', 'RayCluster', 'RayJob', 'InferenceService', 'ServingRuntime'],
  'ClusterServingRuntime',
]);

/** ConfigMaps that the cluster, or a mesh, puts into every namespace. */
const EVERYWHERE = ['kube-root-ca.crt', 'openshift-service-ca.crt', 'istio-ca-root-cert'];

/**
 * Names of Secrets, ConfigMaps and PVCs that some of the objects create at run time: those named by a custom resource
 * (Certificate, ExternalSecret, SealedSecret, ServiceBinding, operator databases), in a program's arguments, or in a Role that
 * lets a program manage them by name.
 */
export function madeByOthers(objects: readonly KubeObject[]): ReadonlySet<string> {
  return new Set([...EVERYWHERE, ...objects.flatMap(namesMadeBy), ...objects.flatMap(argumentsOf)]);
}

function namesMadeBy(object: KubeObject): readonly string[] {
  if (object.kind === 'Role' || object.kind === 'ClusterRole')
    return listAt(object, 'rules').flatMap((rule) => listAt(rule, 'resourceNames').map(String));
  const annotations = fieldsAt(object, 'metadata', 'annotations');
  const issuer = annotations['cert-manager.io/cluster-issuer'] ?? annotations['cert-manager.io/issuer'];
  if (object.kind === 'Ingress' && issuer !== undefined)
    return listAt(object, 'spec', 'tls').flatMap((one) => textAt(one, 'secretName') ?? []);
  if (isBuiltIn(object) || READERS.has(object.kind)) return [];
  return [object.metadata.name, ...textsIn(fieldsAt(object, 'spec'))];
}

function argumentsOf(object: KubeObject): readonly string[] {
  const { containers = [], initContainers = [] } = podSpecOf(object) ?? {};
  if (!Array.isArray(containers) || !Array.isArray(initContainers)) return [];
  const words = [...containers, ...initContainers].flatMap((one) => [...listAt(one, 'args'), ...listAt(one, 'command')]);
  return words.flatMap((word) => String(word).split(/[\s=,;'"]+/));
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isFields(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** Whether a PVC comes from a StatefulSet's claim template: `data-redis-0`. */
export function isTemplatedClaim(name: string, objects: readonly KubeObject[]): boolean {
  const [, owner] = /^(.+)-\d+$/.exec(name) ?? [];
  if (owner === undefined) return false;
  return objects.some((object) => {
    if (object.kind !== 'StatefulSet' || !owner.endsWith(`-${object.metadata.name}`)) return false;
    const template = owner.slice(0, -object.metadata.name.length - 1);
    return listAt(object, 'spec', 'volumeClaimTemplates').some((one) => textAt(one, 'metadata', 'name') === template);
  });
}

/** Names of Services whose ports depend on how the operator is installed, or that take any port. */
const SERVICES: Readonly<Record<string, (object: KubeObject) => readonly string[]>> = {
  // One for the whole, and one for each component.
  InferenceService: ({ metadata: { name }, spec }) => [
    name,
    ...['predictor', 'transformer', 'explainer'].flatMap((one) =>
      isFields(spec) && isFields(spec[one]) ? `${name}-${one}` : [],
    ),
  ],
  // Its pods find each other by it: by one for all groups, or by one per group.
  LeaderWorkerSet: (object) => {
    const { name } = object.metadata;
    if (textAt(object, 'spec', 'networkConfig', 'subdomainPolicy') !== 'UniquePerReplica') return [name];
    return Array.from({ length: numberAt(object, 'spec', 'replicas') ?? 1 }, (_, index) => `${name}-${index}`);
  },
};

/** Services that an operator creates for an object, where they can be derived from it. */
export function servicesMadeBy(object: KubeObject): readonly KubeObject[] {
  const { name, namespace } = object.metadata;
  const place = namespace === undefined ? {} : { namespace };
  if (object.kind !== 'RayService' && object.kind !== 'RayCluster') {
    const names = SERVICES[object.kind]?.(object) ?? [];
    const spec = { clusterIP: 'None', ports: [] };
    return names.map((service) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: service, ...place }, spec }));
  }
  const serve = fieldsAt(object, 'spec', 'serveService');
  const ports = listAt(serve, 'spec', 'ports');
  // The operator selects pods of the live cluster; in the directory these are all pods with the labels common to all templates.
  const [first = {}, ...others] = podTemplatesOf(object).map(({ labels }) => labels);
  const common = Object.entries(first).filter(([key, value]) => others.every((labels) => labels[key] === value));
  const selector = Object.fromEntries(common);
  const made = (service: string, given: readonly unknown[]): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: service, ...place },
    spec: { ports: given, selector },
  });
  const port = (number: number, portName: string) => ({ name: portName, port: number });
  const head = made(`${name}-head-svc`, [
    ...[port(8000, 'serve'), port(6379, 'gcs-server'), port(8265, 'dashboard'), port(10_001, 'client')],
  ]);
  if (object.kind === 'RayCluster') return [head];
  return [made(textAt(serve, 'metadata', 'name') ?? `${name}-serve-svc`, ports.length > 0 ? ports : [port(8000, 'serve')]), head];
}
