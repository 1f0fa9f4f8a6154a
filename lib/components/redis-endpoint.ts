import { peerOfHost } from '../kube/host';
import { nameOf, type SecretRef } from '../kube/named';
import type { Env, Mount } from '../kube/pod';
import type { Component } from '../stack/component';

/** A Redis that others can be pointed at: one that a stack runs, or one outside it. */
export interface RedisEndpoint {
  /** Host name passed to clients. */
  readonly host: string;
  /** Port. */
  readonly port: number;
  /** Where its password is. */
  readonly auth?: SecretRef;
  /** Allows a client to call it. `keeps` says that the client stores what must not be evicted, as a queue does. */
  acceptFrom(client: Component, keeps?: boolean): void;
}

/** Address of a Redis outside the stack. */
export interface ExternalRedis {
  /** Host name, without scheme and port. */
  readonly host: string;
  /** Port. @default 6379 */
  readonly port?: number;
  /** Where its password is. @default - none */
  readonly auth?: SecretRef;
}

/** A Redis that this stack does not install. */
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

/** Where a container finds the password: a file, because variables end up in crash reports and `env` listings. */
export const REDIS_PASSWORD_FILE = `${PASSWORD_DIRECTORY}/password`;

/** What a client's environment says of a Redis; nothing without one. */
export function redisEnv(redis: RedisEndpoint | undefined): Env {
  if (redis === undefined) return {};
  return {
    REDIS_HOST: redis.host,
    REDIS_PORT: redis.port,
    ...(redis.auth === undefined ? {} : { REDIS_PASSWORD_FILE }),
  };
}

/** The password as a file of a client's or of Redis' own container; nothing without one. */
export function redisMounts(redis: { readonly auth?: SecretRef } | undefined): readonly Mount[] {
  const auth = redis?.auth;
  if (auth === undefined) return [];
  const items = [{ key: auth.key ?? 'password', path: 'password' }];
  return [
    { name: 'redis-password', source: { secret: { secretName: nameOf(auth.secret), items } }, mountPath: PASSWORD_DIRECTORY },
  ];
}
