import type { Construct } from 'constructs';
import { imageVersion, isPinnedImage, type PinnedImage } from '../kube/image';
import { nameOf, type SecretRef } from '../kube/named';
import { joinName } from '../kube/names';
import { placementSpec, queueLabels } from '../kube/placement';
import { type Mount, podSpec, scratch } from '../kube/pod';
import { type MemoryQuantity, parseQuantity } from '../kube/quantity';
import { type ContainerResources, containerResources } from '../kube/resources';
import { Component, type ComponentProps } from '../stack/component';
import { imageExceptions, relaxedExceptions } from '../stack/exceptions';
import { patchedHash } from '../stack/patched-hash';
import type { PodOptions } from '../stack/workload-props';
import { refuseWrongTypes } from '../stack/wrong-types';
import { externalRedis, REDIS_PASSWORD_FILE, type RedisEndpoint, redisMounts } from './redis-endpoint';

/** Properties for `RedisCache`. */
export interface RedisCacheProps extends ComponentProps, PodOptions {
  /** Official Redis or Valkey image. @default 'redis:7.4.2-alpine' */
  readonly image?: PinnedImage;
  /**
   * Reference to the password. Without it, every pod in the namespace that may connect can read the data.
   * @default - no password
   */
  readonly auth?: SecretRef;
  /** Volume that keeps the data, in an append-only file. @default - a cache: a restart loses all data */
  readonly storage?: { readonly size: MemoryQuantity; readonly storageClassName?: string };
  /** Redis commands to disable. @default FLUSHDB and FLUSHALL */
  readonly disabledCommands?: readonly string[];
  /** Resource requests and limits; data may use three quarters of the memory limit. @default 100m and 256Mi, limited to 512Mi */
  readonly resources?: ContainerResources;
}

const PORT = 6379;
const RESOURCES: ContainerResources = {
  requests: { cpu: '100m', memory: '256Mi' },
  limits: { cpu: '1', memory: '512Mi' },
};

/**
 * A single Redis, as a cache or as a store with a volume: StatefulSet, Service, ConfigMap, ServiceAccount, NetworkPolicy and
 * PodDisruptionBudget. Only components that refer to it may connect.
 *
 * @example
 * new RedisCache(stack, 'redis', { auth: { secret: 'fraud-redis' }, storage: { size: '8Gi' } });
 */
export class RedisCache extends Component implements RedisEndpoint {
  /** A Redis outside this stack, with the same interface. */
  static external = externalRedis;

  /** Name of its Service. */
  readonly host: string;
  /** Port of its Service. */
  readonly port = PORT;
  /** Secret key that holds the password. */
  readonly auth?: SecretRef;
  readonly #props: RedisCacheProps;
  readonly #image: string;
  /** Whether a client stores data that must not be evicted. */
  #keeps = false;

  constructor(scope: Construct, id: string, props: RedisCacheProps = {}) {
    refuseWrongTypes('RedisCache', scope, id, props);
    super(scope, id, 'redis', props);
    this.#props = props;
    this.#image = props.image ?? 'redis:7.4.2-alpine';
    this.host = this.resourceName;
    if (props.auth !== undefined) this.auth = props.auth;
    this.manifest('Default', { apiVersion: 'apps/v1', kind: 'StatefulSet' }, this.resourceName, () => this.#statefulSet());
    this.manifest('Service', { apiVersion: 'v1', kind: 'Service' }, this.resourceName, () => ({
      spec: {
        type: 'ClusterIP',
        selector: this.selectorLabels,
        ports: [{ name: 'tcp-redis', port: PORT, targetPort: 'redis', protocol: 'TCP' }],
      },
    }));
    // A StatefulSet's pods get their DNS names from a headless Service.
    this.manifest('Headless', { apiVersion: 'v1', kind: 'Service' }, this.#headless, () => ({
      spec: {
        clusterIP: 'None',
        selector: this.selectorLabels,
        ports: [{ name: 'tcp-redis', port: PORT, targetPort: 'redis', protocol: 'TCP' }],
      },
    }));
    this.except(...relaxedExceptions('StatefulSet', props.security));
    this.except(...imageExceptions('StatefulSet', [this.#image], 'IfNotPresent'));
    this.manifest('ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap' }, this.resourceName, () => ({
      metadata: { name: this.#configName() },
      immutable: true,
      data: { 'redis.conf': this.#config() },
    }));
    if (props.serviceAccount === undefined) this.serviceAccount();
    this.networkPolicy();
    this.disruptionBudget();
    if (!isPinnedImage(this.#image)) {
      this.report({
        code: 'UNPINNED_IMAGE',
        path: 'image',
        message: 'not an image with a version',
        got: this.#image,
        expected: 'repository:tag with a digit in the tag, or a digest',
        remedy: 'Name the version that was tested.',
      });
    }
  }

  /** Allows a client to connect. `keeps`: whether the client stores data that must not be evicted. */
  acceptFrom(client: Component, keeps = false): void {
    client.connectTo(this, PORT);
    this.#keeps ||= keeps;
  }

  override get serviceAccountName(): string {
    const { serviceAccount } = this.#props;
    return serviceAccount === undefined ? this.resourceName : nameOf(serviceAccount);
  }

  protected override version(): string {
    return imageVersion(this.#image);
  }

  get #headless(): string {
    return joinName(this.resourceName, 'headless');
  }

  #resources(): ContainerResources {
    return this.#props.resources ?? RESOURCES;
  }

  /** Three quarters of the limit are for data; the rest is for copy-on-write, buffers and fragmentation. */
  #config(): string {
    const { storage, disabledCommands = ['FLUSHDB', 'FLUSHALL'] } = this.#props;
    const bytes = parseQuantity(this.#resources().limits.memory) ?? 0;
    // A cache with a queue: only keys with a TTL may be evicted.
    const cachePolicy = this.#keeps ? 'volatile-lru' : 'allkeys-lru';
    return [
      'bind * -::*',
      `port ${PORT}`,
      'protected-mode no',
      `dir /data`,
      `maxmemory ${Math.floor(bytes * 0.75)}`,
      `maxmemory-policy ${storage === undefined ? cachePolicy : 'noeviction'}`,
      'save ""',
      `appendonly ${storage === undefined ? 'no' : 'yes'}`,
      ...disabledCommands.map((command) => `rename-command ${command} ""`),
      '',
    ].join('\n');
  }

  #configName(): string {
    const config = this.#config();
    return joinName(this.resourceName, patchedHash(this, 'ConfigMap', { data: { 'redis.conf': config } }, config));
  }

  #mounts(): readonly Mount[] {
    const { storage } = this.#props;
    return [
      { name: 'config', source: { configMap: { name: this.#configName() } }, mountPath: '/etc/redis' },
      ...redisMounts(this.#props),
      ...(storage === undefined ? [{ ...scratch('/data'), name: 'redis-data' }] : []),
      { name: 'run', source: { emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }, mountPath: '/run/redis' },
    ];
  }

  /** Passes the password in an in-memory file: as an argument, `ps` would show it. */
  #command(): readonly string[] {
    if (this.auth === undefined) return ['redis-server', '/etc/redis/redis.conf'];
    const script = [
      'cp /etc/redis/redis.conf /run/redis/redis.conf',
      `printf 'requirepass "%s"\\n' "$(cat ${REDIS_PASSWORD_FILE})" >> /run/redis/redis.conf`,
      'exec redis-server /run/redis/redis.conf',
    ];
    return ['sh', '-ec', script.join('\n')];
  }

  #ping(): readonly string[] {
    const ping = 'redis-cli ping | grep -q PONG';
    return ['sh', '-ec', this.auth === undefined ? ping : `REDISCLI_AUTH="$(cat ${REDIS_PASSWORD_FILE})" ${ping}`];
  }

  #statefulSet() {
    const { placement = {}, storage, podAnnotations, podLabels, podSettings, security = {}, containerSettings } = this.#props;
    const probe = { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 };
    const dataMount = storage === undefined ? [] : [{ name: 'redis-data', mountPath: '/data' }];
    return {
      spec: {
        replicas: 1,
        serviceName: this.#headless,
        selector: { matchLabels: this.selectorLabels },
        template: {
          metadata: {
            labels: { ...podLabels, ...queueLabels(placement), ...this.podLabels() },
            ...(podAnnotations === undefined ? {} : { annotations: podAnnotations }),
          },
          spec: podSpec({
            serviceAccountName: this.serviceAccountName,
            security,
            imagePullSecrets: this.settings.imagePullSecrets ?? [],
            mounts: this.#mounts(),
            containers: [
              {
                name: 'redis',
                image: this.image(this.#image),
                imagePullPolicy: 'IfNotPresent',
                command: this.#command(),
                ports: [{ name: 'redis', containerPort: PORT, protocol: 'TCP' }],
                resources: containerResources(this.#resources()),
                startupProbe: { exec: { command: this.#ping() }, ...probe, periodSeconds: 2, failureThreshold: 60 },
                readinessProbe: { exec: { command: this.#ping() }, ...probe },
                livenessProbe: { tcpSocket: { port: 'redis' }, ...probe, periodSeconds: 20 },
                ...(dataMount.length === 0 ? {} : { volumeMounts: dataMount }),
                ...containerSettings,
              },
            ],
            spec: {
              terminationGracePeriodSeconds: 30,
              ...placementSpec(placement, this.selectorLabels, undefined),
              ...podSettings,
            },
          }),
        },
        ...(storage === undefined ? {} : { volumeClaimTemplates: [this.#claim(storage)] }),
      },
    };
  }

  #claim({ size, storageClassName }: NonNullable<RedisCacheProps['storage']>) {
    return {
      metadata: { name: 'redis-data', labels: this.selectorLabels },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: size } },
        ...(storageClassName === undefined ? {} : { storageClassName }),
      },
    };
  }
}
