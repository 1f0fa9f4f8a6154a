import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { claimsOf, hasGrown, isBound, withLiveSize } from '../../../lib/release/ownership/claims';

const claim = (storage: string): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' } },
  spec: { resources: { requests: { storage }, limits: { storage: '9Gi' } } },
});

describe('hasGrown', () => {
  it('compares sizes, not texts', () => {
    expect(hasGrown(claim('1Gi'), claim('1024Mi'))).toBe(false);
    expect(hasGrown(claim('2Gi'), claim('10Gi'))).toBe(true);
    expect(hasGrown(claim('10Gi'), claim('2Gi'))).toBe(false);
    expect(hasGrown(claim('10Gi'), undefined)).toBe(false);
  });
});

describe('withLiveSize', () => {
  it('takes the size and nothing else', () => {
    expect(withLiveSize(claim('1Gi'), claim('3Gi'))).toEqual(claim('3Gi'));
  });
});

describe('isBound', () => {
  it('is true of bound claims and volumes', () => {
    const phase = (kind: string, name: string) => isBound({ ...claim('1Gi'), kind, status: { phase: name } });
    expect([phase('PersistentVolumeClaim', 'Bound'), phase('PersistentVolume', 'Bound'), phase('Namespace', 'Bound')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(phase('PersistentVolumeClaim', 'Pending')).toBe(false);
  });
});

describe('claimsOf', () => {
  const set = (spec: object): KubeObject => ({
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace: 'n' } },
    spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }], ...spec },
  });
  const names = (spec: object) => claimsOf(set(spec)).map(({ metadata }) => metadata.name);

  it('names a claim per replica and template', () => {
    expect(names({ replicas: 2 })).toEqual(['data-db-0', 'data-db-1']);
    expect(names({ ordinals: { start: 3 } })).toEqual(['data-db-3']);
  });

  it('names none that go with their StatefulSet', () => {
    expect(names({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } })).toEqual([]);
  });
});
