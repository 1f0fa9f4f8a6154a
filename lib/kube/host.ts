import type { Connection, Peer } from './network-policy';

/** The pods behind a host name: `name` is of the same namespace, `name.other` and `name.other.svc` of another one, the rest anywhere. */
export function peerOfHost(host: string): Peer {
  const [, namespace, service, ...rest] = host.split('.');
  if (namespace === undefined) return { sameNamespace: true };
  if (service === undefined || (service === 'svc' && (rest.length === 0 || rest.join('.') === 'cluster.local')))
    return { namespace };
  return { anywhere: true };
}

/** The connection that an http or https URL needs. */
export function connectionTo(url: string): Connection & { readonly port: number } {
  const { hostname, port, protocol } = new URL(url);
  return { peer: peerOfHost(hostname), port: Number(port || (protocol === 'https:' ? 443 : 80)) };
}
