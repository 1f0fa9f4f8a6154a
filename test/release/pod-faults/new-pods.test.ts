import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { generations } from '../../../lib/release/pod-faults/new-pods';
import { deployment, pod, replicaSet } from '../readiness/objects';

const names = (pods: readonly KubeObject[]) => pods.map(({ metadata }) => metadata.name);

describe('a Deployment', () => {
  it('has the pods of the ReplicaSet with the highest revision, old ones, and none of anybody else', () => {
    const pods = [
      pod('new', 'rs-10'),
      pod('old', 'rs-9'),
      pod('going', 'rs-10', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      pod('foreign', 'x'),
    ];
    const foreign = { ...replicaSet(11), metadata: { ...replicaSet(11).metadata, ownerReferences: [{ uid: 'other' }] } };
    const { known, replicaSet: newest, fresh, old } = generations(deployment(), pods, [replicaSet(9), replicaSet(10), foreign]);
    expect([known, newest?.metadata.uid, names(fresh), names(old)]).toEqual([true, 'rs-10', ['new'], ['old', 'going']]);
  });
  it.each([
    ['has not been looked at', deployment({ status: { observedGeneration: 1 } })],
    ['has no status', deployment({ status: undefined })],
  ])('that %s has no new pods yet', (_, workload) => {
    const { known, fresh } = generations(workload, [pod('p', 'rs-1')], [replicaSet(1)]);
    expect([known, fresh]).toEqual([false, []]);
  });
  it('without a ReplicaSet has none either', () => {
    expect(generations(deployment(), [], []).known).toBe(false);
  });
});

it('a StatefulSet has the pods of its update revision', () => {
  const set = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 's', uid: 's', generation: 1 },
    status: { observedGeneration: 1, updateRevision: 'b' },
  };
  const pods = ['a', 'b'].map((revision) => pod(revision, 's', {}, { labels: { 'controller-revision-hash': revision } }));
  expect(names(generations(set, pods, []).fresh)).toEqual(['b']);
  expect(generations({ ...set, status: { observedGeneration: 1 } }, pods, []).known).toBe(false);
});

it('a DaemonSet has the pods of its template generation', () => {
  const annotations = { 'deprecated.daemonset.template.generation': '2' };
  const set = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 's', uid: 's', generation: 2, annotations },
    status: { observedGeneration: 2 },
  };
  const pods = ['1', '2'].map((generation) => pod(generation, 's', {}, { labels: { 'pod-template-generation': generation } }));
  expect(names(generations(set, pods, []).fresh)).toEqual(['2']);
});

it('a Job and a ReplicaSet have all theirs, and a Pod has itself', () => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', uid: 'j', generation: 1 } };
  expect(names(generations(job, [pod('a', 'j'), pod('b', 'x')], []).fresh)).toEqual(['a']);
  expect(names(generations(replicaSet(2), [pod('a', 'rs-2'), pod('b', 'rs-1')], []).fresh)).toEqual(['a']);
  expect(names(generations(pod('p', 'x'), [pod('a', 'x')], []).fresh)).toEqual(['p']);
});
