import { peerOfHost } from '../kube/host';
import type { HostName, PortNumber } from '../kube/literals';
import { nameOf, type SecretRef } from '../kube/named';
import type { Env, Mount } from '../kube/pod';
import type { Component } from '../stack/component';

/** A Redis endpoint for clients: one that a stack runs, or an external one. */
export interface RedisEndpoint {
  /** Host name passed to clients. */
  readonly host: string;
  /** Port. */
  readonly port: number;
  /** Secret key that holds the password. */
  readonly auth?: SecretRef;
  /** Allows a client to connect. `keeps`: whether the client stores data that must not be evicted, as a queue does. */
  acceptFrom(client: Component, keeps?: boolean): void;
}

/** Address of a Redis outside the stack. */
export interface ExternalRedis {
  /** Host name, without scheme and port. */
  readonly host: string;
  /** Port. @default 6379 */
  readonly port?: number;
  /** Secret key that holds the password. @default - none */
  readonly auth?: SecretRef;
}

/** Declares a Redis outside this stack. */
export function externalRedis<const Host extends string, const Port extends number>(
  options: Omit<ExternalRedis, 'host' | 'port'> & {
    /** Host name, without scheme and port. */
    readonly host: HostName<Host>;
    /** Port. @default 6379 */
    readonly port?: PortNumber<Port>;
  },
): RedisEndpoint;
export function externalRedis({ host, port = 6379, auth }: ExternalRedis): RedisEndpoint {
  return {
    host,
    port,
    ...(auth === undefined ? {} : { auth }),
    acceptFrom: (client) => {
      client.declareExternal(host);
      client.allowTo(peerOfHost(host), port);
    },
  };
}

const PASSWORD_DIRECTORY = '/var/run/secrets/redis';

/** File with the password in client containers: variables end up in crash reports and `env` listings. */
export const REDIS_PASSWORD_FILE = `${PASSWORD_DIRECTORY}/password`;

/** Environment variables for a client of a Redis; empty without one. */
export function redisEnv(redis: RedisEndpoint | undefined): Env {
  if (redis === undefined) return {};
  return {
    REDIS_HOST: redis.host,
    REDIS_PORT: redis.port,
    ...(redis.auth === undefined ? {} : { REDIS_PASSWORD_FILE }),
  };
}

/** Mounts the password as a file, for clients and for Redis itself; empty without one. */
export function redisMounts(redis: { readonly auth?: SecretRef } | undefined): readonly Mount[] {
  const auth = redis?.auth;
  if (auth === undefined) return [];
  const items = [{ key: auth.key ?? 'password', path: 'password' }];
  return [
    { name: 'redis-password', source: { secret: { secretName: nameOf(auth.secret), items } }, mountPath: PASSWORD_DIRECTORY },
  ];
}
