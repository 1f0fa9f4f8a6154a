import type { DatasetUri } from '../kube/host';
import type { SecretLike } from '../kube/named';

/** A labeled dataset that a gate measures a model on. */
export interface Dataset {
  /** `s3://ml-data/validation/fraud/2026-01/`, or a path inside the validator's image or a mounted volume. */
  readonly uri: DatasetUri;
  /** A Secret with keys mounted as files under `/var/run/secrets/dataset`. @default - none */
  readonly credentials?: SecretLike;
  /** Annotations of the gate's ServiceAccount, for cloud access without a Secret. @default - none */
  readonly workloadIdentity?: Readonly<Record<string, string>>;
}
