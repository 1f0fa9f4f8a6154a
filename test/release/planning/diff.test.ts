import { expect, it } from 'vitest';
import { HIDDEN } from '../../../lib/kube/hidden-values';
import type { KubeObject } from '../../../lib/kube/object';
import { contentOf, diff } from '../../../lib/release/planning/diff';

const config = (data: Record<string, string>, meta: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...meta },
  data,
});

it('names each field that differs, and none that the server keeps for itself', () => {
  const before = config({ a: '1', b: '2' }, { resourceVersion: '1', uid: 'u', generation: 1, managedFields: [] });
  const after = config({ a: '1', b: '3', c: '4' }, { resourceVersion: '2', uid: 'u', generation: 2 });
  expect(diff(before, after)).toEqual([
    { path: 'data.b', from: '2', to: '3' },
    { path: 'data.c', to: '4' },
  ]);
  expect(diff(before, before)).toEqual([]);
});

it('compares lists of named items by name, others as a whole', () => {
  const workload = (containers: unknown[], args: string[]): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers, args },
  });
  const [one, two] = [
    { name: 'one', image: 'i:1' },
    { name: 'two', image: 'i:1' },
  ];
  expect(diff(workload([one], ['a']), workload([two, { ...one, image: 'i:2' }], ['b']))).toEqual([
    { path: 'spec.containers[name=one].image', from: 'i:1', to: 'i:2' },
    { path: 'spec.containers[name=two]', to: two },
    { path: 'spec.args', from: ['a'], to: ['b'] },
  ]);
});

it('never shows a value of a Secret, in whichever field it stands', () => {
  const secret = (value: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 's',
      labels: { a: value.length > 3 ? 'long' : 'short' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': value },
    },
    data: { password: value },
    stringData: { other: value },
  });
  const changes = diff(secret('old'), secret('newer'));
  expect(JSON.stringify(changes)).not.toMatch(/old|newer/);
  expect(changes).toContainEqual({ path: 'data.password', from: HIDDEN, to: HIDDEN });
  expect(changes).toContainEqual({ path: 'metadata.labels.a', from: 'short', to: 'long' });
  expect(JSON.stringify(diff(undefined, secret('newer')))).not.toContain('newer');
});

it('reduces an object to what a manifest can say', () => {
  const object = { ...config({ a: '1' }, { uid: 'u', creationTimestamp: 'now', labels: { x: 'y' } }), status: { phase: 'x' } };
  expect(contentOf(object)).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', labels: { x: 'y' } },
    data: { a: '1' },
  });
});

it('does not tell of what the server has filled in, only of what the manifest says', () => {
  const pod = (containers: readonly object[], more: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers, ...more },
  });
  const one = { name: 'one', image: 'i:1' };
  const two = { name: 'two', image: 'i:2', ports: [{ containerPort: 80 }] };
  const defaulted = { ...two, imagePullPolicy: 'IfNotPresent', ports: [{ containerPort: 80, protocol: 'TCP' }] };
  const manifest = pod([one, two], { dnsPolicy: 'Default' });
  const after = pod([one, defaulted], { dnsPolicy: 'Default', restartPolicy: 'Always' });
  expect(diff(pod([one]), after, manifest)).toEqual([
    { path: 'spec.containers[name=two]', to: two },
    { path: 'spec.dnsPolicy', to: 'Default' },
  ]);
  // A value that changes is told, whoever has changed it.
  expect(diff(pod([one], { a: 1 }), pod([one], { a: 2 }), pod([one]))).toEqual([{ path: 'spec.a', from: 1, to: 2 }]);
});
