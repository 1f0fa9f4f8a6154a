import { describe, expect, it } from 'vitest';
import { runChecks } from '../../lib/checks';
import { place } from '../../lib/checks/placement';
import type { KubeObject } from '../../lib/kube/object';
import { objectsOf } from '../corpus/manifests';

/** The corpus' app of which every second object leaves its namespace to `kubectl -n`. */
const mixed = (): readonly KubeObject[] =>
  objectsOf({ id: 'mixed' }).map((object, index) => {
    const { namespace: _, ...metadata } = object.metadata;
    return index % 2 === 0 ? { ...object, metadata } : object;
  });

describe('place', () => {
  it('takes the only namespace that other objects name', () => {
    expect(new Set(place(mixed()).objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['serving']));
  });

  it('prefers the namespace that the user gives, and leaves explicit ones', () => {
    expect(new Set(place(mixed(), 'team').objects.map(({ metadata }) => metadata.namespace))).toEqual(
      new Set(['serving', 'team']),
    );
  });

  it('leaves objects alone where several namespaces are named, and cluster-scoped ones always', () => {
    const role: KubeObject = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'r' } };
    const other: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'other' } };
    const objects = [...mixed(), other];
    expect(place(objects).objects).toBe(objects);
    expect(place([...mixed(), role]).objects.at(-1)).toBe(role);
  });
});

it('finds nothing in objects without namespace next to objects with one, and names the objects as they are written', () => {
  expect(runChecks(mixed())).toEqual([]);
  const objects = mixed().filter(({ kind }) => kind !== 'ConfigMap');
  const found = runChecks(objects).filter(({ code }) => code === 'DANGLING_CONFIG_MAP');
  expect(found.length).toBeGreaterThan(0);
  expect(found.every(({ object }) => objects.includes(object))).toBe(true);
});
