import { BUILT_IN } from '../api-schema/since';
import { type Fields, fieldsAt, isFields, listAt, textAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';
import { type Inventory, itemsAt } from './inventory';

/** Custom kinds that read Secrets and ConfigMaps and make none. */
const READERS = new Set([
  ...['ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig', 'TriggerAuthentication', 'ClusterTriggerAuthentication'],
  ...['SecretStore', 'ClusterSecretStore', 'Issuer', 'ClusterIssuer', 'Gateway', 'HTTPRoute'],
]);

const known = new WeakMap<Inventory, ReadonlySet<string>>();

/**
 * Names of Secrets, ConfigMaps and claims that something else in the directory makes once it runs: what a custom resource names
 * (Certificate, ExternalSecret, SealedSecret, ServiceBinding, databases of operators), what a program receives in its arguments, and
 * what a Role lets a program manage by name.
 */
export function madeByOthers(all: Inventory): ReadonlySet<string> {
  const found =
    known.get(all) ?? new Set([...always, ...all.objects.flatMap(namesMadeBy), ...all.workloads.flatMap(argumentsOf)]);
  known.set(all, found);
  return found;
}

/** What the cluster puts into every namespace. */
const always = ['kube-root-ca.crt', 'openshift-service-ca.crt', 'istio-ca-root-cert'];

function namesMadeBy(object: KubeObject): readonly string[] {
  if (object.kind === 'Role' || object.kind === 'ClusterRole')
    return itemsAt(object, 'rules').flatMap((rule) => listAt(rule, 'resourceNames').map(String));
  const certificate = textAt(object, 'metadata', 'annotations', 'cert-manager.io/cluster-issuer');
  const issuer = certificate ?? textAt(object, 'metadata', 'annotations', 'cert-manager.io/issuer');
  if (object.kind === 'Ingress' && issuer !== undefined)
    return itemsAt(object, 'spec', 'tls').flatMap((one) => textAt(one, 'secretName') ?? []);
  if (BUILT_IN.test(object.apiVersion) || READERS.has(object.kind)) return [];
  return [object.metadata.name, ...textsIn(fieldsAt(object, 'spec'))];
}

function argumentsOf({ containers }: { readonly containers: readonly { readonly fields: Fields }[] }): readonly string[] {
  const words = containers.flatMap(({ fields }) => [...listAt(fields, 'args'), ...listAt(fields, 'command')]);
  return words.flatMap((word) => String(word).split(/[\s=,;'"]+/));
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isFields(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** Whether the template of a StatefulSet's claims makes a claim: `data-redis-0`. */
export function isTemplatedClaim(all: Inventory, namespace: string, name: string): boolean {
  const [, owner] = /^(.+)-\d+$/.exec(name) ?? [];
  if (owner === undefined) return false;
  return all.workloadsIn(namespace).some(({ object }) => {
    if (object.kind !== 'StatefulSet' || !owner.endsWith(`-${object.metadata.name}`)) return false;
    const template = owner.slice(0, -object.metadata.name.length - 1);
    return itemsAt(object, 'spec', 'volumeClaimTemplates').some((one) => textAt(one, 'metadata', 'name') === template);
  });
}
