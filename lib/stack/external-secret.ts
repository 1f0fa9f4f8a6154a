import type { Chart } from 'cdk8s';
import type { RefreshInterval } from '../kube/duration';
import { isFields } from '../kube/fields';
import { propProblems } from './prop-problems';
import { EXTERNAL_SECRET_SHAPES } from './prop-shapes';

/** A secret that an operator fetches from an external store. @see https://external-secrets.io/latest/api/externalsecret/ */
export interface ExternalSecretOptions {
  /** The store: the name of a SecretStore in the namespace, or of a ClusterSecretStore. */
  readonly store: string | { readonly clusterStore: string };
  /** Key of the secret in the store. */
  readonly key: string;
  /** Property of the secret in the store. @default - the whole secret */
  readonly property?: string;
  /** Name of the created Secret. @default - derived from the key */
  readonly name?: string;
  /** Key in the created Secret. @default the property, else 'password' */
  readonly as?: string;
  /** Refresh interval. @default '1h' */
  readonly refresh?: RefreshInterval;
}

const EXTERNAL = Symbol.for('cdk8s-serving.ExternalSecret');

/** A Secret that a component declares; accepted wherever a Secret's name is. */
export interface ExternalSecret {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  /** Name of the Secret. */
  readonly name: string;
  /** Options of the ExternalSecret. */
  readonly [EXTERNAL]: ExternalSecretOptions;
}

/**
 * A secret in an external store, for which the component renders an `ExternalSecret`. The release waits for the Secret.
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

/** Finds external secrets in props at any depth, but not inside constructs. */
export function externalSecretsIn(value: unknown): readonly ExternalSecret[] {
  if (Array.isArray(value)) return value.flatMap(externalSecretsIn);
  if (!isFields(value)) return [];
  if (isExternalSecret(value)) return [value];
  return Object.getPrototypeOf(value) === Object.prototype ? Object.values(value).flatMap(externalSecretsIn) : [];
}

const isExternalSecret = (value: object): value is ExternalSecret => EXTERNAL in value;

/** Options that External Secrets would not take. */
export function externalSecretProblems(secret: ExternalSecret): ReturnType<typeof propProblems> {
  return propProblems(
    { ...secret[EXTERNAL], name: secret.name },
    EXTERNAL_SECRET_SHAPES,
    `externalSecret.${secret[EXTERNAL].key}`,
  );
}

/** Renders the spec of the ExternalSecret that creates a Secret. */
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

/** Names of the external secrets already rendered in a chart. */
const rendered = new WeakMap<Chart, Set<string>>();

/** Whether an external secret is new to a chart; marks it as rendered. */
export function isFirst({ name }: ExternalSecret, chart: Chart): boolean {
  const names = rendered.get(chart) ?? new Set<string>();
  rendered.set(chart, names);
  const first = !names.has(name);
  names.add(name);
  return first;
}
