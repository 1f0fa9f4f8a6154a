import type { Peer } from '../kube/network-policy';
import type { Component } from './component';

/** A reference to a Secret's key. Configs hold these and never the secret itself. */
export interface SecretRef {
  /** Name of a Secret in the same namespace. */
  readonly secret: string;
  /** Key inside the Secret. @default 'password' */
  readonly key?: string;
}

/** Something that answers HTTP: a component of the stack, or a service outside it that `externalHttp` declares. */
export interface HttpEndpoint {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  /** Allows a client to call it, on every side that has a NetworkPolicy. */
  acceptFrom(client: Component): void;
}

/** An HTTP service that this stack does not install. Its address is written once, here. */
export function externalHttp(url: string): HttpEndpoint {
  const { hostname, port, protocol } = new URL(url);
  return {
    url: url.replace(/\/$/, ''),
    acceptFrom: (client) => {
      client.declareExternal(hostname);
      client.allowTo(peerOfHost(hostname), Number(port || (protocol === 'https:' ? 443 : 80)));
    },
  };
}

/** Who answers under a host name: `name` is of the same namespace, `name.other` and `name.other.svc` of another one, the rest anywhere. */
export function peerOfHost(host: string): Peer {
  const [, namespace, service, ...rest] = host.split('.');
  if (namespace === undefined) return { sameNamespace: true };
  if (service === undefined || (service === 'svc' && (rest.length === 0 || rest.join('.') === 'cluster.local')))
    return { namespace };
  return { anywhere: true };
}
