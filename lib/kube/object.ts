/** `metadata` fields that this project reads; all other fields are kept unchanged. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly [field: string]: unknown;
}

/**
 * Any Kubernetes object as plain data. Fields that this project does not know are kept, never dropped.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/
 */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** The identity of an object in a cluster: API group (without version), kind, namespace (empty when cluster-scoped), name. */
export interface ObjectRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** API group of an `apiVersion`: `apps/v1` → `apps`, `v1` → the empty string of the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The identity of an object. */
function refOf(object: KubeObject): ObjectRef {
  const { name, namespace = '' } = object.metadata;
  return { group: groupOf(object.apiVersion), kind: object.kind, namespace, name };
}

/** One string per identity, for use as a map key: `apps/Deployment/team-fraud/fraud-model`. */
export function keyOf(object: KubeObject): string {
  const { group, kind, namespace, name } = refOf(object);
  return `${group}/${kind}/${namespace}/${name}`;
}

/** The display name of an object: `Deployment/fraud-model`. */
export function displayName(object: { readonly kind: string; readonly metadata: { readonly name: string } }): string {
  return `${object.kind}/${object.metadata.name}`;
}
