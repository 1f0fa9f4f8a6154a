import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { readinessOf } from '../../../lib/release/readiness';
import { disaggregatedSetStatus } from '../../../lib/release/readiness/disaggregated-set';
import { parseExpression } from '../../../lib/release/readiness/expression';

const object = (apiVersion: string, kind: string, more: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'it', namespace: 'here', generation: 2 },
  ...more,
});
const condition = (type: string, value: string, message = '') => ({ type, status: value, reason: 'Reason', message });
const group = (more: object) => ({
  spec: { replicas: 2 },
  status: {
    observedGeneration: 2,
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    conditions: [condition('Available', 'True')],
    ...more,
  },
});
const lws = (more: object) => readinessOf(object('leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', group(more))).status;

describe('the status of custom kinds', () => {
  it('a LeaderWorkerSet is ready when all of its groups are, of the newest template', () => {
    expect(lws({})).toBe('Current');
    expect(lws({ observedGeneration: undefined })).toBe('InProgress');
    expect(lws({ updatedReplicas: undefined })).toBe('InProgress');
    expect(lws({ readyReplicas: 1 })).toBe('InProgress');
    expect(lws({ conditions: [condition('Available', 'False')] })).toBe('InProgress');
    expect(lws({ conditions: [condition('Available', 'True'), condition('UpdateInProgress', 'True')] })).toBe('InProgress');
  });

  it('a LeaderWorkerSet is not ready while a group has another size, whatever its controller reports', () => {
    const pod = (index: number, worker: number, more: object = {}): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `it-${index}-${worker}`,
        namespace: 'here',
        labels: {
          'leaderworkerset.sigs.k8s.io/name': 'it',
          'leaderworkerset.sigs.k8s.io/group-index': String(index),
          'leaderworkerset.sigs.k8s.io/worker-index': String(worker),
        },
        ...more,
      },
    });
    const { spec, ...rest } = group({});
    const set = object('leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', {
      ...rest,
      spec: { ...spec, leaderWorkerTemplate: { size: 2 } },
    });
    const all = [pod(0, 0), pod(0, 1), pod(1, 0), pod(1, 1)];
    const judged = (pods: readonly KubeObject[]) => readinessOf(set, { pods });
    expect(judged(all).status).toBe('Current');
    expect(judged([...all, pod(2, 0)]).status).toBe('Current');
    for (const wrong of [all.slice(0, 3), [...all, pod(1, 2)], [...all.slice(0, 3), pod(1, 1, { deletionTimestamp: 'now' })], []])
      expect(judged(wrong)).toMatchObject({ status: 'InProgress', reason: 'GroupSize' });
    expect(judged([...all, pod(1, 2)]).message).toBe('Group 1 has 3 pods, and its size is 2');
  });

  it('an ExternalSecret has to be ready, a ScaledObject without status is not waited for', () => {
    const secret = (more: object) => readinessOf(object('external-secrets.io/v1', 'ExternalSecret', more)).status;
    expect(secret({})).toBe('InProgress');
    expect(secret({ status: { conditions: [condition('Ready', 'True')] } })).toBe('Current');
    const scaled = (more: object) => readinessOf(object('keda.sh/v1alpha1', 'ScaledObject', more)).status;
    expect(scaled({})).toBe('Current');
    expect(scaled({ status: { conditions: [condition('Ready', 'False')] } })).toBe('InProgress');
    // Without a Prometheus KEDA keeps the fallback, which holds up no release.
    const fallback = { conditions: [condition('Ready', 'False'), condition('Fallback', 'True')] };
    expect(scaled({ status: fallback })).toBe('Current');
  });

  it('annotations give any object a rule', () => {
    const own = (phase: string) => {
      const annotations = {
        'cdk8s-serving/ready-when': 'status.phase=Running; status.up>=spec.want',
        'cdk8s-serving/failed-when': 'status.phase=Broken',
      };
      const made = object('example.com/v1', 'Engine', { spec: { want: 2 }, status: { phase, up: 2 } });
      return readinessOf({ ...made, metadata: { ...made.metadata, annotations } }).status;
    };
    expect([own('Running'), own('Pending'), own('Broken')]).toEqual(['Current', 'InProgress', 'Failed']);
    expect(parseExpression('status.phase Running')).toBeUndefined();
    const wrong = object('example.com/v1', 'Engine', {});
    expect(
      readinessOf({ ...wrong, metadata: { ...wrong.metadata, annotations: { 'cdk8s-serving/ready-when': 'phase' } } }).status,
    ).toBe('Unknown');
  });

  it('a DisaggregatedSet is ready when each role has a ready group of its newest spec', () => {
    const template = (image: string) => ({ size: 1, workerTemplate: { spec: { containers: [{ name: 'c', image }] } } });
    const set = object('disaggregatedset.x-k8s.io/v1', 'DisaggregatedSet', {
      spec: { roles: [{ name: 'decode', spec: { replicas: 2, leaderWorkerTemplate: template('new') } }] },
    });
    const made = (image: string, more: object = {}) => {
      const labels = { 'disaggregatedset.x-k8s.io/name': 'it', 'disaggregatedset.x-k8s.io/role': 'decode' };
      const { spec, status: state } = group(more);
      const one = object('leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', {
        spec: { ...spec, leaderWorkerTemplate: { ...template(image), restartPolicy: 'RecreateGroupOnPodRestart' } },
        status: state,
      });
      return { ...one, metadata: { ...one.metadata, labels } };
    };
    expect(disaggregatedSetStatus(set, []).status).toBe('InProgress');
    expect(disaggregatedSetStatus(set, [made('old')]).status).toBe('InProgress');
    expect(disaggregatedSetStatus(set, [made('new', { readyReplicas: 0 })]).status).toBe('InProgress');
    expect(disaggregatedSetStatus(set, [made('new'), made('old')]).status).toBe('InProgress');
    expect(disaggregatedSetStatus(set, [made('new')]).status).toBe('Current');
  });
});
