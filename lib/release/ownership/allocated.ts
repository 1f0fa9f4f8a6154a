import { fieldsAt, isFields, listAt, numberAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';

/** Addresses of a Service, which the API server allocates on creation. */
const ADDRESSES = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'];

/**
 * A manifest with values that the cluster had allocated and the manifest does not set: addresses and ports of a Service, replicas
 * chosen by an autoscaler. Returns the manifest itself when there is nothing to add.
 * @param live the current object; absent when it is recreated
 */
export function withAllocated(manifest: KubeObject, before: KubeObject, live: KubeObject | undefined): KubeObject {
  const spec = { ...addresses(manifest, before, live), ...replicas(manifest, before, live) };
  return Object.keys(spec).length === 0 ? manifest : { ...manifest, spec: { ...fieldsAt(manifest, 'spec'), ...spec } };
}

function addresses(manifest: KubeObject, before: KubeObject, live: KubeObject | undefined): object {
  if (before.apiVersion !== 'v1' || before.kind !== 'Service') return {};
  const added: Record<string, unknown> = {};
  const [then, wanted] = [fieldsAt(before, 'spec'), fieldsAt(manifest, 'spec')];
  const hasNone = textAt(live, 'spec', 'clusterIP') === undefined;
  for (const field of [...(hasNone ? ADDRESSES : []), 'healthCheckNodePort'])
    if (then[field] !== undefined && wanted[field] === undefined) added[field] = then[field];
  const ports = listAt(manifest, 'spec', 'ports').map((port) => withNodePort(port, before));
  return ports.some(({ given }) => given) ? { ...added, ports: ports.map(({ port }) => port) } : added;
}

function withNodePort(port: unknown, before: KubeObject): { readonly port: unknown; readonly given: boolean } {
  const then = listAt(before, 'spec', 'ports').find(
    (one) => isFields(port) && isFields(one) && identityOf(port) === identityOf(one),
  );
  const nodePort = numberAt(then, 'nodePort');
  if (!isFields(port) || port.nodePort !== undefined || nodePort === undefined) return { port, given: false };
  return { port: { ...port, nodePort }, given: true };
}

function identityOf({ port, protocol = 'TCP' }: Readonly<Record<string, unknown>>): string {
  return `${port}/${protocol}`;
}

function replicas(manifest: KubeObject, before: KubeObject, live: KubeObject | undefined): object {
  const then = numberAt(before, 'spec', 'replicas');
  const chosen = live === undefined && then !== undefined && fieldsAt(manifest, 'spec').replicas === undefined;
  return chosen ? { replicas: then } : {};
}
