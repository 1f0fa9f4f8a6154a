import type { NamedObject } from '../kube/address';
import type { Scope } from '../kube/kinds';
import type { KubeObject } from '../kube/object';

/** A kind to address: what a list, watch or delete needs. `namespace` is absent for cluster-scoped kinds and for all namespaces. */
export interface KindSelector {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
}

export interface ListOptions extends ReadOptions {
  /** How many objects are requested at a time. @default 500 */
  readonly pageSize?: number;
  /** Called with each object instead of collecting all of them: `items` is empty then. @default - all are collected */
  readonly each?: (object: KubeObject) => void | Promise<void>;
}

export interface WriteOptions extends ReadOptions {
  /** Ask the API server for the result without storing it. */
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  /** Take fields that other managers own. Without it they answer with a 409 that names field and manager. */
  readonly force?: boolean;
  /** Default: `cdk8s-serving`. */
  readonly fieldManager?: string;
}

/**
 * A `metadata.resourceVersion` that no object has. Applied with it, an object is created where nothing is there; where something is, the
 * API server answers with a 409 and merges nothing.
 */
export const NO_VERSION = '1';

/** What a delete must find, or it is refused (`ApiError.stale`). */
export interface DeleteOptions extends WriteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** Default: `Background`. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
}

export interface ObjectList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

/** `reset` starts a (re)listing: what was known is void, `items` is everything there is now. */
export type WatchEvent =
  | { readonly type: 'reset'; readonly items: readonly KubeObject[] }
  | { readonly type: 'put'; readonly object: KubeObject }
  | { readonly type: 'delete'; readonly object: KubeObject };

export interface LogOptions extends ReadOptions {
  readonly container?: string;
  readonly tailLines?: number;
  /** The most bytes to read. */
  readonly limitBytes?: number;
  /** The container's previous run, after a crash. */
  readonly previous?: boolean;
}

/** A Service to reach through the API server. */
export interface ProxiedService {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** Whether the Service speaks TLS. @default false */
  readonly secure?: boolean;
  /** What its paths start with. @default - nothing */
  readonly path?: string;
}

/**
 * The Kubernetes API as the release module uses it. Raw JSON in and out: no field is dropped, no default filled in.
 * Reads and idempotent writes are retried inside (429 and 503 with `Retry-After`, resets, GOAWAY) within the client's budget.
 * A refusal of the API server throws `ApiError` with its Status, no answer `TransportError`, an unknown kind `KIND_NOT_SERVED`.
 * A write that was repeated because its first answer was lost may meet its own effect: `ApiError.ambiguous`. Only POST is
 * never repeated once it may have been carried out.
 */
export interface KubeApi {
  /** Nothing when the object is not there (404), or its kind is not. */
  get(object: NamedObject, options?: ReadOptions): Promise<KubeObject | undefined>;
  /** All objects of a kind, in one namespace or in all, with the version of the list. */
  list(selector: KindSelector, options?: ListOptions): Promise<ObjectList>;
  /** The version of a kind's list now: a watch that begins after it shows what comes, without what is there. */
  position(selector: KindSelector, options?: ReadOptions): Promise<string>;
  /**
   * LIST, then WATCH with bookmarks; relists on 410 and after lost connections, until the signal ends it.
   * @param after a `position`: begins there, with an empty `reset` instead of the first LIST
   */
  watch(selector: KindSelector, signal: AbortSignal, after?: string): AsyncIterable<WatchEvent>;
  /**
   * Server-side apply with strict field validation. `metadata.uid` and `metadata.resourceVersion`, when given, are preconditions:
   * `ApiError.stale` tells that they did not hold. Fields of other managers: `ApiError.fieldConflict`. The object
   * goes out as it is, so it must not contain `metadata.managedFields`.
   */
  apply(object: KubeObject, options?: ApplyOptions): Promise<KubeObject>;
  /** POST; 409 when the name is taken. */
  create(object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** PUT; `metadata.resourceVersion`, when given, makes it a compare-and-swap. */
  replace(object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** JSON merge patch; a `metadata.resourceVersion` in it is a precondition. */
  merge(object: NamedObject, patch: unknown, options?: WriteOptions): Promise<KubeObject>;
  /** Resolves as well when the object, or its kind, was not there any more. */
  remove(object: NamedObject, options?: DeleteOptions): Promise<void>;
  /** Whether a kind's objects are in namespaces, as the cluster's discovery says; nothing when it does not serve the kind. */
  scopeOf(kind: { readonly apiVersion: string; readonly kind: string }): Promise<Scope | undefined>;
  /** The last lines that a container logged. */
  logs(pod: { readonly namespace: string; readonly name: string }, options?: LogOptions): Promise<string>;
  /** GET of a Service through the API server's proxy: the body of its response. @param path with its query, `/api/v1/query?query=up` */
  service(service: ProxiedService, path: string, options?: ReadOptions): Promise<string>;
  /** Whether the current user may do it (SelfSubjectAccessReview). */
  may(verb: string, object: KindSelector & { readonly name?: string }, options?: ReadOptions): Promise<boolean>;
  /** The server's version, `v1.35.4`. */
  serverVersion(): Promise<string>;
  /** Closes all connections. */
  close(): Promise<void>;
}
