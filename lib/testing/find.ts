import type { KubeObject } from '../kube/object';

/** Objects to inspect: a list, or a stack (any cdk8s chart) that renders them. */
export type Objects = readonly KubeObject[] | { toJson(): readonly unknown[] };

/** Objects of a list or a stack, as in the manifests. */
export function objectsOf(source: Objects): readonly KubeObject[] {
  const rendered = 'toJson' in source ? source.toJson() : source;
  // A copy, so that a test can modify it.
  const copied: unknown = JSON.parse(JSON.stringify(rendered));
  return Array.isArray(copied) ? copied.filter(isObject) : [];
}

/** Whether a value has the fields of every Kubernetes object. */
function isObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null) return false;
  if (!('apiVersion' in value && 'kind' in value && 'metadata' in value)) return false;
  const { metadata } = value;
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata;
}

/** Finds all objects of a kind, optionally by name. */
export function findObjects(source: Objects, kind: string, name?: string | RegExp): readonly KubeObject[] {
  const named = (own: string) => name === undefined || (typeof name === 'string' ? own === name : name.test(own));
  return objectsOf(source).filter((object) => object.kind === kind && named(object.metadata.name));
}

/** Finds the only object of a kind, optionally by name. Throws if there is none, or more than one. */
export function findObject(source: Objects, kind: string, name?: string | RegExp): KubeObject {
  const found = findObjects(source, kind, name);
  const [object] = found;
  if (object !== undefined && found.length === 1) return object;
  const wanted = name === undefined ? kind : `${kind}/${name}`;
  const there = objectsOf(source).map((one) => `${one.kind}/${one.metadata.name}`);
  throw new Error(`${found.length} objects ${wanted}, expected one; there are ${there.join(', ') || 'none'}`);
}
