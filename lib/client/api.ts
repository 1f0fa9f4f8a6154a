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
  /** Number of objects requested at a time. @default 500 */
  readonly pageSize?: number;
  /** Called with each object instead of collecting all of them: `items` is then empty. @default - all are collected */
  readonly each?: (object: KubeObject) => void | Promise<void>;
  /** What to collect of each object, as soon as its page has arrived. @default - all of it */
  readonly keep?: (object: KubeObject) => KubeObject;
}

export interface WatchOptions extends Pick<ListOptions, 'keep'> {
  /** A `position` to start from, with an empty `reset` instead of the first LIST. @default - all existing objects are listed */
  readonly after?: string;
}

export interface WriteOptions extends ReadOptions {
  /** Requests the result from the API server without storing it. */
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  /** Whether to take fields that other managers own. Otherwise the response is a 409 that names field and manager. */
  readonly force?: boolean;
  /** Field manager. @default 'cdk8s-serving' */
  readonly fieldManager?: string;
}

/**
 * A `metadata.resourceVersion` that no object has. Applied with it, an object is created if it does not exist; if it does, the
 * API server responds with a 409 and merges nothing.
 */
export const NO_VERSION = '1';

/** Preconditions of a delete, which is otherwise refused (`ApiError.stale`). */
export interface DeleteOptions extends WriteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** Propagation policy. @default 'Background' */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
}

export interface ObjectList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

/** `reset` starts a (re)listing: everything known is void, `items` is the complete list. */
export type WatchEvent =
  | { readonly type: 'reset'; readonly items: readonly KubeObject[] }
  | { readonly type: 'put'; readonly object: KubeObject }
  | { readonly type: 'delete'; readonly object: KubeObject };

export interface LogOptions extends ReadOptions {
  readonly container?: string;
  readonly tailLines?: number;
  /** Maximum number of bytes to read. */
  readonly limitBytes?: number;
  /** Whether to read the container's previous run, after a crash. */
  readonly previous?: boolean;
}

/** A Service to reach through the API server. */
export interface ProxiedService {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** Whether the Service speaks TLS. @default false */
  readonly secure?: boolean;
  /** Prefix of its paths. @default - none */
  readonly path?: string;
}

/**
 * The Kubernetes API as used by the release module. Raw JSON in and out: no field is dropped, no default filled in.
 * Reads and idempotent writes are retried internally (429 and 503 with `Retry-After`, resets, GOAWAY) within the client's budget.
 * A refusal of the API server throws `ApiError` with its Status, a missing response `TransportError`, an unknown kind
 * `KIND_NOT_SERVED`. A write repeated after a lost response may meet its own effect: `ApiError.ambiguous`. Only POST is never
 * repeated once it may have been executed.
 */
export interface KubeApi {
  /** Returns undefined when the object does not exist (404), or its kind does not. */
  get(object: NamedObject, options?: ReadOptions): Promise<KubeObject | undefined>;
  /** All objects of a kind, in one namespace or in all, with the version of the list. */
  list(selector: KindSelector, options?: ListOptions): Promise<ObjectList>;
  /** The current version of a kind's list: a watch that starts after it shows only changes, not existing objects. */
  position(selector: KindSelector, options?: ReadOptions): Promise<string>;
  /** LIST, then WATCH with bookmarks; relists on 410 and after lost connections, until the signal aborts. */
  watch(selector: KindSelector, signal: AbortSignal, options?: WatchOptions): AsyncIterable<WatchEvent>;
  /**
   * Server-side apply with strict field validation. `metadata.uid` and `metadata.resourceVersion`, when given, are preconditions:
   * `ApiError.stale` reports that they did not hold. Fields of other managers: `ApiError.fieldConflict`. The object is sent
   * unchanged, so it must not contain `metadata.managedFields`.
   */
  apply(object: KubeObject, options?: ApplyOptions): Promise<KubeObject>;
  /** POST; 409 when the name is taken. */
  create(object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** PUT; `metadata.resourceVersion`, when given, makes it a compare-and-swap. */
  replace(object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** JSON merge patch; a `metadata.resourceVersion` in it is a precondition. */
  merge(object: NamedObject, patch: unknown, options?: WriteOptions): Promise<KubeObject>;
  /** Also resolves when the object, or its kind, no longer exists. */
  remove(object: NamedObject, options?: DeleteOptions): Promise<void>;
  /** Whether a kind is namespaced, according to the cluster's discovery; undefined when the cluster does not serve it. */
  scopeOf(kind: { readonly apiVersion: string; readonly kind: string }): Promise<Scope | undefined>;
  /** The last lines logged by a container. */
  logs(pod: { readonly namespace: string; readonly name: string }, options?: LogOptions): Promise<string>;
  /** GET of a Service through the API server's proxy: the body of its response. @param path with its query, `/api/v1/query?query=up` */
  service(service: ProxiedService, path: string, options?: ReadOptions): Promise<string>;
  /** Whether the current user has a permission (SelfSubjectAccessReview). */
  may(verb: string, object: KindSelector & { readonly name?: string }, options?: ReadOptions): Promise<boolean>;
  /** The server's version, `v1.35.4`. */
  serverVersion(): Promise<string>;
  /** Closes all connections. */
  close(): Promise<void>;
}
