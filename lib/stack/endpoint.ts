import { connectionTo, type HttpUrl, hostOf } from '../kube/host';
import type { Component } from './component';

/** An HTTP endpoint: a component of the stack, or an external service declared with `externalHttp`. */
export interface HttpEndpoint {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  /** Allows a client to call it, on each side that has a NetworkPolicy. */
  acceptFrom(client: Component): void;
}

/** Declares an HTTP service outside this stack, so that its address is written only once. */
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
