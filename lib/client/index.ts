import type { KubeApi } from './api';
import type { ClientOptions } from './caller';
import { clientOver } from './client';
import { systemClock } from './clock';
import type { Connection } from './connection';
import { type KubeconfigOptions, loadConnection } from './kubeconfig';
import { networkTransport } from './network';

export type * from './api';
export type { ClientOptions } from './caller';
export { clientOver } from './client';
export { type Clock, systemClock } from './clock';
export type { AuthConfig, Connection, ExecConfig } from './connection';
export { ApiError, type StatusBody, type StatusCause, TransportError, type TransportFailure } from './errors';
export { type KubeconfigOptions, loadConnection } from './kubeconfig';
export { networkTransport } from './network';
export type { Transport, TransportRequest, TransportResponse } from './transport';
export { USER_AGENT, VERSION } from './version';

/** How a client finds its cluster, and its limits. */
export interface ConnectOptions extends KubeconfigOptions, ClientOptions {
  /** An explicitly configured API server. @default - from a kubeconfig, as kubectl reads it */
  readonly connection?: Connection;
}

/**
 * A client for the cluster that kubectl would use. Sends nothing before the first request; `close()` ends it.
 * Throws a `ServingError` when the kubeconfig cannot be used.
 */
export async function connect(options: ConnectOptions = {}): Promise<KubeApi> {
  const connection = options.connection ?? loadConnection(options);
  return clientOver(networkTransport(connection, options.clock ?? systemClock), options);
}
