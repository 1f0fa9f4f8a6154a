import { fieldsAt, listAt, textAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { matchesSelector } from '../../lib/kube/selector';

/** One end of a connection: a pod, or an address that belongs to none. */
export type End =
  | {
      readonly namespace: string;
      readonly labels: Readonly<Record<string, string>>;
      /** Numbers of the named container ports. */
      readonly ports?: Readonly<Record<string, number>>;
    }
  | { readonly ip: string };

/** What NetworkPolicies are evaluated against. */
export interface Network {
  readonly policies: readonly KubeObject[];
  /** Labels of the namespaces, by name. */
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Whether a connection is allowed, as the API defines it: the egress of the one end and the ingress of the other both have to allow it;
 * an end that no policy selects for that direction allows everything; policies add up.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function isAllowed(network: Network, from: End, to: End, port: number, protocol = 'TCP'): boolean {
  return lets(network, 'Egress', from, to, to, port, protocol) && lets(network, 'Ingress', to, from, to, port, protocol);
}

function lets(
  network: Network,
  direction: 'Ingress' | 'Egress',
  own: End,
  other: End,
  called: End,
  port: number,
  protocol: string,
): boolean {
  if ('ip' in own) return true;
  const isolating = network.policies.filter(
    (policy) =>
      policy.metadata.namespace === own.namespace &&
      matchesSelector(own.labels, fieldsAt(policy, 'spec').podSelector) &&
      typesOf(policy).includes(direction),
  );
  const [rules, peers] = direction === 'Ingress' ? (['ingress', 'from'] as const) : (['egress', 'to'] as const);
  if (isolating.length === 0) return true;
  return isolating.some((policy) =>
    listAt(policy, 'spec', rules).some(
      (rule) =>
        anyOr(listAt(rule, 'ports'), (one) => isPort(one, called, port, protocol)) &&
        anyOr(listAt(rule, peers), (peer) => isPeer(network, peer, policy.metadata.namespace ?? '', other)),
    ),
  );
}

/** An absent or empty list allows everything. */
function anyOr(list: readonly unknown[], test: (item: unknown) => boolean): boolean {
  return list.length === 0 || list.some(test);
}

function typesOf(policy: KubeObject): readonly unknown[] {
  const spec = fieldsAt(policy, 'spec');
  return Array.isArray(spec.policyTypes) ? spec.policyTypes : ['Ingress', ...(spec.egress === undefined ? [] : ['Egress'])];
}

function isPort(rule: unknown, called: End, port: number, protocol: string): boolean {
  const { port: wanted, endPort, protocol: own = 'TCP' } = fieldsAt(rule);
  if (own !== protocol) return false;
  if (wanted === undefined) return true;
  if (typeof wanted === 'string') return 'labels' in called && called.ports?.[wanted] === port;
  return typeof endPort === 'number' ? port >= Number(wanted) && port <= endPort : wanted === port;
}

function isPeer({ namespaces }: Network, peer: unknown, namespace: string, other: End): boolean {
  const { ipBlock, namespaceSelector, podSelector } = fieldsAt(peer);
  if (ipBlock !== undefined) return 'ip' in other && inBlock(other.ip, ipBlock);
  if ('ip' in other) return false;
  const here =
    namespaceSelector === undefined
      ? other.namespace === namespace
      : matchesSelector(namespaces[other.namespace] ?? {}, namespaceSelector);
  return here && (podSelector === undefined || matchesSelector(other.labels, podSelector));
}

function inBlock(ip: string, block: unknown): boolean {
  const within = (cidr: string) => {
    const [base = '', bits = '32'] = cidr.split('/');
    const size = 2 ** (32 - Number(bits));
    return Math.floor(numberOf(ip) / size) === Math.floor(numberOf(base) / size);
  };
  return within(textAt(block, 'cidr') ?? '') && !listAt(block, 'except').some((cidr) => within(String(cidr)));
}

function numberOf(ip: string): number {
  return ip.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}
