import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { verdict } from '../../../lib/release/pod-faults/verdict';
import { at, event, judge, NOON, pod, replicaSet, word } from '../readiness/objects';

const QUOTA = 'pods "model-2-x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3';
const failing = (message: string, status = 'True') =>
  replicaSet(2, {
    status: { conditions: [{ type: 'ReplicaFailure', status, reason: 'FailedCreate', message, lastTransitionTime: at(0) }] },
  });

describe('a ReplicaSet that cannot create pods', () => {
  it.each<[string, string]>([
    [QUOTA, 'failed QuotaExceeded'],
    ['pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged', 'failed PodSecurity'],
    ['pods "x" is forbidden: error looking up service account ns/a: serviceaccount "a" not found', 'failed PodsRefused'],
    ['admission webhook "policy" denied the request: no', 'failed PodsRefused'],
    ['Internal error occurred: failed calling webhook "policy": connection refused', 'progressing PodsRefused'],
  ])('«%s»', (message, expected) => {
    const events = [event('rs-2', 'FailedCreate', `Error creating: ${message}`)];
    const result = judge({ pods: [], replicaSets: [failing(message)], events });
    expect(word(result)).toBe(expected);
    expect(result).toMatchObject({
      cause: { message },
      since: at(0),
      evidence: { events: [`FailedCreate: Error creating: ${message}`] },
    });
  });

  it('is no news when it has succeeded since, or when it is the old one', () => {
    expect(word(judge({ pods: [], replicaSets: [failing(QUOTA, 'False')] }))).toBe('progressing Waiting');
    const old = { ...failing(QUOTA), metadata: replicaSet(1).metadata };
    expect(word(judge({ pods: [], replicaSets: [old, replicaSet(2)] }))).toBe('progressing Waiting');
  });

  it('gets some time when old pods still give back what the quota counts', () => {
    const input = { pods: [pod('old', 'rs-1')], replicaSets: [replicaSet(1), failing(QUOTA)] };
    expect(word(judge({ ...input, now: NOON + 9_000 }))).toBe('progressing QuotaExceeded');
    expect(word(judge({ ...input, now: NOON + 10_000 }))).toBe('failed QuotaExceeded');
    expect(word(judge({ ...input, pods: [], now: NOON }))).toBe('failed QuotaExceeded');
  });
});

describe('a StatefulSet that cannot create pods, which it says in events only', () => {
  const set: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 's', uid: 's', generation: 1 },
    status: { observedGeneration: 1, updateRevision: 's-2' },
  };
  const judged = (pods: KubeObject[], appliedAt = 0) =>
    word(
      verdict({
        workload: set,
        pods,
        replicaSets: [],
        events: [event('s', 'FailedCreate', QUOTA, 10)],
        now: NOON + 60_000,
        appliedAt,
      }),
    );

  it('has failed, unless the event is from before, or it has succeeded since', () => {
    expect(judged([])).toBe('failed QuotaExceeded');
    expect(judged([], NOON + 11_000)).toBe('progressing Waiting');
    expect(judged([pod('s-0', 's', {}, { labels: { 'controller-revision-hash': 's-2' } })])).toBe('progressing Starting');
  });
});
