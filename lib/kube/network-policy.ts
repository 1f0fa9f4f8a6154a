/** Who is at the other end of a connection. */
export type Peer =
  /** Pods with these labels in the same namespace. */
  | { readonly pods: Readonly<Record<string, string>> }
  /** All pods of the same namespace. */
  | { readonly sameNamespace: true }
  /** All pods of another namespace. */
  | { readonly namespace: string }
  /** Anything with an address, inside or outside the cluster. */
  | { readonly anywhere: true };

/** One allowed connection, seen from the pod that the policy is for. */
export interface Connection {
  readonly peer: Peer;
  /** Port of the pod that is called: a number, or the name of a container's port. */
  readonly port: number | string;
}

function selector(peer: Peer): Record<string, unknown> | undefined {
  if ('pods' in peer) return { podSelector: { matchLabels: peer.pods } };
  if ('sameNamespace' in peer) return { podSelector: {} };
  if ('namespace' in peer) return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } } };
  return undefined;
}

function rule(side: 'from' | 'to', { peer, port }: Connection): Record<string, unknown> {
  const other = selector(peer);
  const ports = [{ port, protocol: 'TCP' }];
  return other === undefined ? { ports } : { [side]: [other], ports };
}

const DNS = {
  to: [{ namespaceSelector: {} }],
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};

/**
 * The spec of a NetworkPolicy that allows these connections and DNS, and nothing else, in both directions.
 * The order of the rules follows from their content, so that who was connected first does not show.
 */
export function networkPolicySpec(
  podLabels: Readonly<Record<string, string>>,
  incoming: readonly Connection[],
  outgoing: readonly Connection[],
): Record<string, unknown> {
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
