import { expect, it } from 'vitest';
import { groupFault } from '../../../lib/release/pod-faults/group-fault';
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
