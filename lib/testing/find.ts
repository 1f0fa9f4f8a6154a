import type { KubeObject } from '../kube/object';

/** Objects to look at: a list of them, or a stack (any cdk8s chart) that renders them. */
export type Objects = readonly KubeObject[] | { toJson(): readonly unknown[] };

/** The objects of a list or a stack, as they would stand in its manifests. */
export function objectsOf(source: Objects): readonly KubeObject[] {
  const rendered = 'toJson' in source ? source.toJson() : source;
  // A copy: what a test changes is the test's own.
  const copied: unknown = JSON.parse(JSON.stringify(rendered));
  return Array.isArray(copied) ? copied.filter(isObject) : [];
}

/** Whether it has what every Kubernetes object has. */
export function isObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null) return false;
  if (!('apiVersion' in value && 'kind' in value && 'metadata' in value)) return false;
  const { metadata } = value;
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata;
}

/** All objects of a kind, with this name when one is given. */
export function findObjects(source: Objects, kind: string, name?: string | RegExp): readonly KubeObject[] {
  const named = (own: string) => name === undefined || (typeof name === 'string' ? own === name : name.test(own));
  return objectsOf(source).filter((object) => object.kind === kind && named(object.metadata.name));
}

/** The one object of a kind, with this name when one is given. Throws when there is none, or more than one. */
export function findObject(source: Objects, kind: string, name?: string | RegExp): KubeObject {
  const found = findObjects(source, kind, name);
  const [object] = found;
  if (object !== undefined && found.length === 1) return object;
  const wanted = name === undefined ? kind : `${kind}/${name}`;
  const there = objectsOf(source).map((one) => `${one.kind}/${one.metadata.name}`);
  throw new Error(`${found.length} objects ${wanted}, expected one; there are ${there.join(', ') || 'none'}`);
}
