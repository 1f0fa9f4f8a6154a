import type { DatasetUri } from '../kube/host';
import type { SecretLike } from '../kube/named';

/** A labelled data set that a gate measures a model on. */
export interface Dataset {
  /** `s3://ml-data/validation/fraud/2026-01/`, or a path inside the validator's image or a mounted volume. */
  readonly uri: DatasetUri;
  /** A Secret whose keys the validator sees as files under `/var/run/secrets/dataset`. @default - none */
  readonly credentials?: SecretLike;
  /** Annotations of the gate's ServiceAccount, where the cloud knows it by them instead of a Secret. @default - none */
  readonly workloadIdentity?: Readonly<Record<string, string>>;
}
