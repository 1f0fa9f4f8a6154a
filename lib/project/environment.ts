import type { Forbidden } from '../kube/forbidden';
import type { SecretRef } from '../kube/named';
import type { NodePool } from '../kube/nodes';

type Plain = string | number | boolean | undefined;

/** A config of which any part may be left to the layers below. */
export type Overrides<T> = [T] extends [Plain]
  ? T // as a whole, so that the compiler prints its name
  : T extends readonly unknown[]
    ? T
    : T extends object
      ? { readonly [K in keyof T]?: Overrides<T[K]> }
      : T;

/** What an environment of tier `prod` has to say: a password for Redis, and no switching off of the gate. */
export type ProdOverrides<C> = Overrides<C> &
  (C extends { readonly redis: unknown } ? { readonly redis: 'off' | { readonly auth: SecretRef } } : unknown) &
  (C extends { readonly gate: unknown }
    ? { readonly gate?: { readonly off?: Forbidden<string, 'prod keeps its gate, so that no worse model gets there'> } }
    : unknown);

/** The cluster of an environment, as far as it is known at synth. */
export interface ClusterInfo {
  /** Oldest version that has to accept the manifests. @default '1.30' */
  readonly kubernetesVersion?: `1.${number}`;
  /** Its nodes, to check whether a rollout can finish. @default - not checked */
  readonly nodes?: readonly NodePool[];
}

interface Named {
  /** `dev`, `staging`, `prod`, or what the team calls it; the folder below `dist`. */
  readonly name: string;
  /** The cluster, as far as it is known at synth. @default - none */
  readonly cluster?: ClusterInfo;
  /**
   * Public key in PEM (ECDSA P-256, `cosign.pub`) that has to have signed what is released here: `serving apply` then takes only
   * `oci://` artifacts of this key. @default - directories are taken too
   */
  readonly verifyKey?: `-----BEGIN PUBLIC KEY-----${string}`;
}

/** What one environment says: only what differs from the base. A stack is left out by `'off'`, never by not being mentioned. */
export type Environment<Configs> = Named &
  (
    | { readonly tier: 'dev' | 'staging'; readonly stacks: { readonly [K in keyof Configs]: Overrides<Configs[K]> | 'off' } }
    | { readonly tier: 'prod'; readonly stacks: { readonly [K in keyof Configs]: ProdOverrides<Configs[K]> | 'off' } }
  );

/** The values that hold in every environment, unless it says otherwise. */
export type Base<Configs> = { readonly [K in keyof Configs]: Overrides<Configs[K]> };

/** How careful an environment has to be; `prod` demands more. */
export type Tier = 'dev' | 'staging' | 'prod';

/** All tiers, in the order in which a release goes through them. */
export const TIERS: readonly Tier[] = ['dev', 'staging', 'prod'];

/** What the rest of the program sees of an environment, whatever its configs are. */
export interface AnyEnvironment extends Named {
  readonly tier: Tier;
  readonly stacks: Readonly<Record<string, unknown>>;
}

/** Environments in the order in which a release goes through them: by tier, then by name. */
export function byTier(a: AnyEnvironment, b: AnyEnvironment): number {
  return TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
