import { connectionTo, type HttpUrl, hostOf } from '../kube/host';
import type { Component } from './component';

/** Something that answers HTTP: a component of the stack, or a service outside it that `externalHttp` declares. */
export interface HttpEndpoint {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  /** Allows a client to call it, on every side that has a NetworkPolicy. */
  acceptFrom(client: Component): void;
}

/** An HTTP service that this stack does not install. Its address is written once, here. */
export function externalHttp(url: HttpUrl): HttpEndpoint {
  const { peer, port } = connectionTo(url);
  return {
    url: url.replace(/\/$/, ''),
    acceptFrom: (client) => {
      client.declareExternal(hostOf(url) ?? url);
      client.allowTo(peer, port);
    },
  };
}
