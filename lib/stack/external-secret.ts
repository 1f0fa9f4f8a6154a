import type { Chart } from 'cdk8s';
import { isFields } from '../kube/fields';

/** A secret that an operator fetches from a store outside the cluster. @see https://external-secrets.io/latest/api/externalsecret/ */
export interface ExternalSecretOptions {
  /** The store: the name of a SecretStore of the namespace, or of a ClusterSecretStore. */
  readonly store: string | { readonly clusterStore: string };
  /** Key of the secret in the store. */
  readonly key: string;
  /** Property of the secret in the store. @default - the secret as a whole */
  readonly property?: string;
  /** Name of the Secret that is made. @default - from the key */
  readonly name?: string;
  /** Key inside the Secret that is made. @default the property, else 'password' */
  readonly as?: string;
  /** Time between two looks at the store. @default '1h' */
  readonly refresh?: string;
}

const EXTERNAL = Symbol.for('cdk8s-serving.ExternalSecret');

/** A Secret that a component declares; taken wherever a Secret's name is. */
export interface ExternalSecret {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  /** Name of the Secret. */
  readonly name: string;
  /** Where its value is. */
  readonly [EXTERNAL]: ExternalSecretOptions;
}

/**
 * A secret of a store outside the cluster, as a Secret that the component renders an `ExternalSecret` for. The release waits until it
 * is there.
 *
 * @example
 * new RedisCache(stack, 'redis', { auth: { secret: externalSecret({ store: 'vault', key: 'fraud/redis', property: 'password' }) } });
 */
export function externalSecret(options: ExternalSecretOptions): ExternalSecret {
  const name =
    options.name ??
    options.key
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '');
  return { apiVersion: 'v1', kind: 'Secret', name, [EXTERNAL]: options };
}

/** The external secrets that props name, at any depth. Constructs are not looked into. */
export function externalSecretsIn(value: unknown): readonly ExternalSecret[] {
  if (Array.isArray(value)) return value.flatMap(externalSecretsIn);
  if (!isFields(value)) return [];
  if (isExternalSecret(value)) return [value];
  return Object.getPrototypeOf(value) === Object.prototype ? Object.values(value).flatMap(externalSecretsIn) : [];
}

const isExternalSecret = (value: object): value is ExternalSecret => EXTERNAL in value;

/** The spec of the ExternalSecret that makes a Secret. */
export function externalSecretSpec(secret: ExternalSecret) {
  const { store, key, property, as = property ?? 'password', refresh = '1h' } = secret[EXTERNAL];
  return {
    refreshInterval: refresh,
    secretStoreRef:
      typeof store === 'string' ? { kind: 'SecretStore', name: store } : { kind: 'ClusterSecretStore', name: store.clusterStore },
    target: { name: secret.name, creationPolicy: 'Owner' },
    data: [{ secretKey: as, remoteRef: { key, ...(property === undefined ? {} : { property }) } }],
  };
}

/** Names of the external secrets that the components of a chart have rendered. */
const rendered = new WeakMap<Chart, Set<string>>();

/** Whether no component of a chart has rendered an external secret yet; from now on one has. */
export function isFirst({ name }: ExternalSecret, chart: Chart): boolean {
  const names = rendered.get(chart) ?? new Set<string>();
  rendered.set(chart, names);
  const first = !names.has(name);
  names.add(name);
  return first;
}
