import { expect, it } from 'vitest';
import { groupFault, groupSizeFault } from '../../../lib/release/pod-faults/group-fault';
import { at, NOON } from '../readiness/objects';

const LIMITS = { now: NOON, appliedAt: Date.parse(at(0)), crashes: 2, schedulingMs: 30_000, quotaMs: 10_000 };
const workload = (kind: string, name = 'engines') => ({
  apiVersion: 'leaderworkerset.x-k8s.io/v1',
  kind,
  metadata: { name, uid: name },
});
const recreated = (seconds: number, of = 'engines') => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `e${seconds}` },
  reason: 'RecreateGroup',
  message: 'Worker pod engines-0-1 failed, deleted leader pod engines-0 to recreate group 0',
  involvedObject: { kind: 'LeaderWorkerSet', name: of, uid: of },
  lastTimestamp: at(seconds),
});

it('says how often the groups were recreated, and in the words of the controller why', () => {
  const fault = groupFault(workload('LeaderWorkerSet'), [recreated(10), recreated(20)], LIMITS);
  expect([fault?.kind, fault?.cause]).toEqual([
    'failed',
    {
      reason: 'CrashLoop',
      message: 'Groups recreated 2 times: Worker pod engines-0-1 failed, deleted leader pod engines-0 to recreate group 0',
    },
  ]);
});

it('gives a group a second try', () => {
  expect(groupFault(workload('LeaderWorkerSet'), [recreated(10)], LIMITS)?.kind).toBe('progressing');
});

it('finds the groups of a DisaggregatedSet by their names', () => {
  const events = [recreated(10, 'engines-prefill'), recreated(20, 'engines-prefill')];
  expect(groupFault(workload('DisaggregatedSet'), events, LIMITS)?.kind).toBe('failed');
  expect(groupFault(workload('DisaggregatedSet', 'others'), events, LIMITS)).toBeUndefined();
});

it('leaves out what was before the release, and what other kinds do', () => {
  const late = { ...LIMITS, appliedAt: Date.parse(at(30)) };
  expect(groupFault(workload('LeaderWorkerSet'), [recreated(10), recreated(20)], late)).toBeUndefined();
  expect(groupFault(workload('StatefulSet'), [recreated(10), recreated(20)], LIMITS)).toBeUndefined();
});

it('says which group kept its old size, once the controller has had time to replace it, and which pod to delete', () => {
  const pod = (index: number, worker: number) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: worker === 0 ? `engines-${index}` : `engines-${index}-${worker}`,
      creationTimestamp: at(1),
      labels: {
        'leaderworkerset.sigs.k8s.io/name': 'engines',
        'leaderworkerset.sigs.k8s.io/group-index': String(index),
        'leaderworkerset.sigs.k8s.io/worker-index': String(worker),
      },
    },
  });
  const set = {
    ...workload('LeaderWorkerSet'),
    spec: { replicas: 2, leaderWorkerTemplate: { size: 3 } },
    status: {
      ...{ observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2 },
      conditions: [{ type: 'Available', status: 'True', lastTransitionTime: at(2) }],
    },
    metadata: { name: 'engines', uid: 'engines', generation: 1 },
  };
  const right = [pod(0, 0), pod(0, 1), pod(0, 2), pod(1, 0), pod(1, 1), pod(1, 2)];
  const judged = (pods: typeof right, seconds: number) => groupSizeFault(set, pods, { ...LIMITS, now: Date.parse(at(seconds)) });
  expect(judged(right, 60)).toBeUndefined();
  expect(judged(right.slice(0, 5), 10)?.kind).toBe('progressing');
  expect(judged(right.slice(0, 5), 60)).toMatchObject({
    kind: 'failed',
    cause: { reason: 'GroupSize', message: expect.stringMatching(/^Group 1 has 2 pods, and its size is 3, although/) },
    evidence: { pod: 'engines-1' },
  });
  // Not before the controller says that it is done.
  const updating = { ...set, status: { ...set.status, updatedReplicas: 1 } };
  expect(groupSizeFault(updating, right.slice(0, 5), LIMITS)).toBeUndefined();
});
