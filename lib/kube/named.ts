import type * as kplus from 'cdk8s-plus-28';

/** A Secret: its name, or the cdk8s-plus resource. */
export type SecretLike = string | kplus.ISecret;
/** A ConfigMap: its name, or the cdk8s-plus resource. */
export type ConfigMapLike = string | kplus.IConfigMap;
/** A PersistentVolumeClaim: its name, or the cdk8s-plus resource. */
export type ClaimLike = string | kplus.IPersistentVolumeClaim;
/** A ServiceAccount: its name, or the cdk8s-plus resource. */
export type ServiceAccountLike = string | kplus.IServiceAccount;

/** The name of an object that a prop takes by name or as a resource. */
export function nameOf(object: string | { readonly name: string }): string {
  return typeof object === 'string' ? object : object.name;
}

/** A reference to a Secret's key. Configs hold these and never the secret itself. */
export interface SecretRef {
  /** A Secret in the same namespace: its name, or the cdk8s-plus resource. */
  readonly secret: SecretLike;
  /** Key inside the Secret. @default 'password' */
  readonly key?: string;
}
