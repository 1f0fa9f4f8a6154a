import type * as kplus from 'cdk8s-plus-28';

// The classes are listed next to their interfaces, because `exactOptionalPropertyTypes` treats their optional fields differently.

/** A Secret: its name, the cdk8s-plus resource, or an `externalSecret`. */
export type SecretLike = string | kplus.ISecret | kplus.Secret | DeclaredSecret;

/** A Secret created by something else, such as `externalSecret`. */
export interface DeclaredSecret {
  /** Always a Secret. */
  readonly kind: 'Secret';
  /** Name of the Secret. */
  readonly name: string;
}

/** A ConfigMap: its name, or the cdk8s-plus resource. */
export type ConfigMapLike = string | kplus.IConfigMap | kplus.ConfigMap;
/** A PersistentVolumeClaim: its name, or the cdk8s-plus resource. */
export type ClaimLike = string | kplus.IPersistentVolumeClaim | kplus.PersistentVolumeClaim;
/** A ServiceAccount: its name, or the cdk8s-plus resource. */
export type ServiceAccountLike = string | kplus.IServiceAccount | kplus.ServiceAccount;

/** The name of an object passed by name or as a resource. */
export function nameOf(object: string | { readonly name: string }): string {
  return typeof object === 'string' ? object : object.name;
}

/** A reference to a Secret's key. Configs contain these, never the secret itself. */
export interface SecretRef {
  /** A Secret in the same namespace: its name, or the cdk8s-plus resource. */
  readonly secret: SecretLike;
  /** Key inside the Secret. @default 'password' */
  readonly key?: string;
}
