import type { KubeApi } from '../../client';
import type { MetricsSource } from '../../metrics/source';
import type { ReleaseEvent } from './events';
import type { Host } from './host';
import type { Head } from './record';

/** What a verb needs: a cluster, and the machine it runs on. */
export interface Engine {
  /** The cluster. */
  readonly api: KubeApi;
  /** The machine: clock, names, files. */
  readonly host: Host;
  /** Signs records, and rejects those it has not signed. @default - records are not signed */
  readonly signer?: RecordSigner;
  /** Returns the metrics source for a Prometheus address. @default - through the API server, or directly, without credentials */
  readonly metrics?: (address: string) => MetricsSource;
}

/** The engine as passed to the inner steps of a verb. */
export interface Run extends Engine {
  /** Aborted by the first interrupt: schedule nothing new, then roll back. */
  readonly signal: AbortSignal;
  readonly emit: (event: ReleaseEvent) => void;
}

/** Signs the records of one cluster. */
export interface RecordSigner {
  /** Returns the signature of a packed record. */
  sign(head: Head, packed: string): Promise<string>;
  /** Throws when the signature is missing, or is not from this key for this cluster and release. */
  verify(head: Head, packed: string, signature: string | undefined): Promise<void>;
}
