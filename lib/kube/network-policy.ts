import type { SpecOf } from './api-types';

type Spec = SpecOf['NetworkPolicy'];
type Rule = NonNullable<Spec['egress']>[number] & NonNullable<Spec['ingress']>[number];
type Selector = NonNullable<NonNullable<Spec['egress']>[number]['to']>[number];

/** The other end of a connection. */
export type Peer =
  /** Pods with these labels in the same namespace. */
  | { readonly pods: Readonly<Record<string, string>> }
  /** All pods in the same namespace. */
  | { readonly sameNamespace: true }
  /** All pods in another namespace. */
  | { readonly namespace: string }
  /** Anything with an address, inside or outside the cluster. */
  | { readonly anywhere: true }
  /** A peer in the API's spelling. */
  | { readonly selector: Selector };

/** One allowed connection, from the view of the policy's pod. */
export interface Connection {
  readonly peer: Peer;
  /** Port of the called pod: a number, or the name of a container port. @default - every port */
  readonly port?: number | string;
}

function selector(peer: Peer): Selector | undefined {
  if ('pods' in peer) return { podSelector: { matchLabels: peer.pods } };
  if ('sameNamespace' in peer) return { podSelector: {} };
  if ('namespace' in peer) return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } } };
  return 'selector' in peer ? peer.selector : undefined;
}

function rule(side: 'from' | 'to', { peer, port }: Connection): Rule {
  const other = selector(peer);
  const ports = port === undefined ? {} : { ports: [{ port, protocol: 'TCP' }] };
  return other === undefined ? ports : { [side]: [other], ...ports };
}

const DNS: Rule = {
  to: [{ namespaceSelector: {} }],
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};

/**
 * The spec of a NetworkPolicy that allows these connections and DNS, and nothing else, in both directions.
 * Rules are sorted by content, so the order of connecting does not matter.
 */
export function networkPolicySpec(
  podLabels: Readonly<Record<string, string>>,
  incoming: readonly Connection[],
  outgoing: readonly Connection[],
): Spec {
  const rules = (side: 'from' | 'to', connections: readonly Connection[]) => {
    const byText = new Map(connections.map((connection) => [JSON.stringify(rule(side, connection)), rule(side, connection)]));
    return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  };
  return {
    podSelector: { matchLabels: podLabels },
    policyTypes: ['Ingress', 'Egress'],
    ingress: rules('from', incoming),
    egress: [DNS, ...rules('to', outgoing)],
  };
}
