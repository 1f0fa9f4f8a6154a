import { at, type Fields, fieldsAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { matchesSelector } from '../../kube/selector';
import { type Inventory, itemsAt, type Workload } from './inventory';

/** Whether a namespace's policies together allow a connection on one side. */
export function allows(
  all: Inventory,
  side: 'ingress' | 'egress',
  self: Workload,
  peer: Workload,
  ports: readonly (number | string)[],
): boolean {
  const type = side === 'ingress' ? 'Ingress' : 'Egress';
  const here = all.selecting('NetworkPolicy', self).filter((policy) => isolates(policy, type));
  return (
    here.length === 0 || here.some((policy) => itemsAt(policy, 'spec', side).some((one) => admits(one, side, self, peer, ports)))
  );
}

function isolates(policy: KubeObject, type: 'Ingress' | 'Egress'): boolean {
  const types = at(policy, 'spec', 'policyTypes');
  return Array.isArray(types) && types.length > 0
    ? types.includes(type)
    : type === 'Ingress' || at(policy, 'spec', 'egress') !== undefined;
}

function admits(
  one: Fields,
  side: 'ingress' | 'egress',
  self: Workload,
  peer: Workload,
  ports: readonly (number | string)[],
): boolean {
  const allowedPorts = itemsAt(one, 'ports');
  const portFits =
    allowedPorts.length === 0 ||
    allowedPorts.some(({ port, endPort }) => {
      if (port === undefined) return true;
      if (typeof endPort === 'number') return ports.some((given) => Number(given) >= Number(port) && Number(given) <= endPort);
      return ports.some((given) => String(given) === String(port));
    });
  const peers = itemsAt(one, side === 'ingress' ? 'from' : 'to');
  return portFits && (peers.length === 0 || peers.some((other) => isPeer(other, self, peer)));
}

function isPeer(other: Fields, self: Workload, peer: Workload): boolean {
  if (other.ipBlock !== undefined) return true;
  const namespace = fieldsAt(other, 'namespaceSelector');
  const named = fieldsAt(namespace, 'matchLabels')['kubernetes.io/metadata.name'];
  const inNamespace =
    other.namespaceSelector === undefined ? peer.namespace === self.namespace : named === undefined || named === peer.namespace;
  return inNamespace && (other.podSelector === undefined || matchesSelector(peer.labels, other.podSelector));
}
