import type { Forbidden } from '../kube/forbidden';
import type { SecretRef } from '../kube/named';
import type { NodePool } from '../kube/nodes';

type Plain = string | number | boolean | undefined;

/** A config in which lower layers may provide any part. */
export type Overrides<T> = [T] extends [Plain]
  ? T // as a whole, so that the compiler prints its name
  : T extends readonly unknown[]
    ? T
    : T extends object
      ? { readonly [K in keyof T]?: Overrides<T[K]> }
      : T;

/** Requirements for an environment of tier `prod`: a Redis password, and a gate that is not switched off. */
export type ProdOverrides<C> = Overrides<C> &
  (C extends { readonly redis: unknown } ? { readonly redis: 'off' | { readonly auth: SecretRef } } : unknown) &
  (C extends { readonly gate: unknown }
    ? { readonly gate?: { readonly off?: Forbidden<string, 'prod keeps its gate, so that no worse model gets there'> } }
    : unknown);

/** The cluster of an environment, where known at synth. */
export interface ClusterInfo {
  /** Oldest Kubernetes version that must accept the manifests. @default '1.30' */
  readonly kubernetesVersion?: `1.${number}`;
  /** Its nodes, used to check whether a rollout can finish. @default - not checked */
  readonly nodes?: readonly NodePool[];
}

interface Named {
  /** `dev`, `staging`, `prod`, or a custom name; the directory below `dist`. */
  readonly name: string;
  /** The cluster, where known at synth. @default - none */
  readonly cluster?: ClusterInfo;
  /**
   * Public key in PEM (ECDSA P-256, `cosign.pub`) that must have signed every release here: `serving apply` then accepts only
   * `oci://` artifacts signed with this key. @default - directories are accepted too
   */
  readonly verifyKey?: `-----BEGIN PUBLIC KEY-----${string}`;
}

/**
 * Values of one environment: only those that differ from the base. To leave out a stack, set it to `'off'`; it cannot be omitted.
 */
export type Environment<Configs> = Named &
  (
    | { readonly tier: 'dev' | 'staging'; readonly stacks: { readonly [K in keyof Configs]: Overrides<Configs[K]> | 'off' } }
    | { readonly tier: 'prod'; readonly stacks: { readonly [K in keyof Configs]: ProdOverrides<Configs[K]> | 'off' } }
  );

/** Values for every environment, unless it overrides them. */
export type Base<Configs> = { readonly [K in keyof Configs]: Overrides<Configs[K]> };

/** Strictness of an environment; `prod` has more requirements. */
export type Tier = 'dev' | 'staging' | 'prod';

/** All tiers, in release order. */
export const TIERS: readonly Tier[] = ['dev', 'staging', 'prod'];

/** An environment as the rest of the program sees it, for any config types. */
export interface AnyEnvironment extends Named {
  readonly tier: Tier;
  readonly stacks: Readonly<Record<string, unknown>>;
}

/** Sorts environments in release order: by tier, then by name. */
export function byTier(a: AnyEnvironment, b: AnyEnvironment): number {
  return TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
