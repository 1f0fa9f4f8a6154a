import { expect, it } from 'vitest';
import type { KindSelector } from '../../../lib/client';
import { WAVE_ANNOTATION } from '../../../lib/kube/contract';
import type { KubeObject } from '../../../lib/kube/object';
import { grouped, orderOf, wavesOf } from '../../../lib/release/planning/waves';
import { outlivesProgressDeadline, patienceFor } from '../../../lib/release/rollout/deadline';
import { commonSelector, eventsSoFar, watchesFor } from '../../../lib/release/rollout/scope';
import { fakeApi } from '../fake-api';
import { deployment } from '../manifests';

const object = (apiVersion: string, kind: string, wave?: number): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'a', ...(wave === undefined ? {} : { annotations: { [WAVE_ANNOTATION]: String(wave) } }) },
});

it('goes by waves, and inside a wave by what needs what', () => {
  const objects = [
    object('autoscaling/v2', 'HorizontalPodAutoscaler'),
    object('apps/v1', 'Deployment'),
    object('v1', 'Service'),
    object('v1', 'ConfigMap', -1),
    object('apps/v1', 'Deployment', 2),
  ];
  const kinds = wavesOf(objects, (one) => one).map(({ stages }) => stages.map((stage) => stage.map(({ kind }) => kind)));
  expect(kinds).toEqual([[['ConfigMap']], [['Service'], ['Deployment'], ['HorizontalPodAutoscaler']], [['Deployment']]]);
  expect(orderOf(object('example.com/v1', 'Widget'))).toBeGreaterThan(orderOf(object('apps/v1', 'Deployment')));
});

it('gives a workload as long as its probes do, or its progress deadline', () => {
  const probed = (probe: object, spec: object = {}): KubeObject => ({
    ...object('apps/v1', 'Deployment'),
    spec: { ...spec, template: { spec: { containers: [{ startupProbe: probe }, {}] } } },
  });
  expect(patienceFor(object('apps/v1', 'Deployment'))).toBe(600_000);
  expect(patienceFor(probed({ periodSeconds: 10, failureThreshold: 120 }))).toBe(1_260_000);
  expect(patienceFor(probed({}, { progressDeadlineSeconds: 30 }))).toBe(60_000);
  expect(outlivesProgressDeadline(probed({ periodSeconds: 10, failureThreshold: 120 }))).toBe(true);
  expect(outlivesProgressDeadline(object('apps/v1', 'Deployment'))).toBe(false);
});

it('watches the pods of workloads by the narrowest label they have in common', () => {
  const labelled = (name: string, labels: object): KubeObject => ({
    ...deployment(name, { namespace: 'n' }),
    spec: { selector: { matchLabels: labels } },
  });
  expect(commonSelector([labelled('a', { app: 'a', team: 'x' }), labelled('b', { app: 'b', team: 'x' })])).toBe('team=x');
  expect(commonSelector([labelled('a', { app: 'a' }), labelled('b', { app: 'b' })])).toBe('app in (a,b)');
  expect(commonSelector([labelled('a', { app: 'a' }), labelled('b', { name: 'b' })])).toBeUndefined();
  const watches = watchesFor([deployment('a', { namespace: 'n' }), object('v1', 'Service')], 'r').map(
    ({ kind, labelSelector }) => [kind, labelSelector],
  );
  expect(watches).toEqual([
    ['Deployment', 'cdk8s-serving/release=r'],
    ['Service', 'cdk8s-serving/release=r'],
    ['Pod', 'app.kubernetes.io/name=a'],
    ['ReplicaSet', 'app.kubernetes.io/name=a'],
    ['Event', undefined],
  ]);
});

it('reads no events from before the wave', async () => {
  const objects = [deployment('a', { namespace: 'n' }), deployment('b', { namespace: 'm' }), object('v1', 'Service')];
  const asked: string[] = [];
  const position = async ({ kind, namespace }: KindSelector) => `${kind} ${namespace} ${asked.push(`${namespace}`)}`;
  const after = await eventsSoFar(fakeApi({ position }), [...objects, deployment('c', { namespace: 'n' })]);
  expect(asked.sort()).toEqual(['m', 'n']);
  const watches = watchesFor(objects, 'r', after).flatMap((one) =>
    one.after === undefined ? [] : [[one.kind, one.namespace, one.after]],
  );
  expect(watches).toEqual([
    ['Event', 'n', after.get('n')],
    ['Event', 'm', after.get('m')],
  ]);
});

it('groups by rank, lowest first, keeping the order inside', () => {
  expect(grouped([3, 1, 2, 13, 11], (n) => n % 10)).toEqual([[1, 11], [2], [3, 13]]);
});
