import { expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { extract, manifestOf, ownedBy, ownedDigest, union } from '../../../lib/release/ownership/fields';

const SET = {
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:template': {
      'f:spec': { 'f:containers': { 'k:{"name":"server"}': { '.': {}, 'f:name': {}, 'f:image': {}, 'f:args': {} } } },
    },
  },
};

function live(change: (spec: Record<string, unknown>) => void = () => undefined, set: unknown = SET): KubeObject {
  const spec: Record<string, unknown> = {
    replicas: 2,
    paused: true,
    template: {
      spec: {
        containers: [
          { name: 'sidecar', image: 's' },
          { name: 'server', image: 'i:1', args: ['a', 'b'], tty: true },
        ],
      },
    },
  };
  change(spec);
  const managedFields = [
    { manager: 'cdk8s-serving', operation: 'Apply', subresource: 'status', fieldsV1: { 'f:status': {} } },
    { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:spec': { 'f:paused': {} } } },
    { manager: 'cdk8s-serving', operation: 'Apply', fieldsV1: set },
  ];
  const metadata = { name: 'a', namespace: 'n', labels: { app: 'x', other: 'y' }, managedFields };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec, status: { replicas: 1 } };
}

it('finds what this tool has applied, and nothing of others or of the status', () => {
  expect(ownedBy(live())).toEqual(SET);
  expect(ownedBy({ ...live(), metadata: { name: 'a' } })).toBeUndefined();
});

it('extracts the owned values: list items by their keys, whole lists where a leaf is owned', () => {
  expect(extract(live(), SET)).toEqual({
    metadata: { labels: { app: 'x' } },
    spec: { replicas: 2, template: { spec: { containers: [{ name: 'server', image: 'i:1', args: ['a', 'b'] }] } } },
  });
  expect(extract(['x', 'y', 'z'], { 'v:"z"': {}, 'v:"x"': {} })).toEqual(['x', 'z']);
  expect(extract({ a: { b: 1 } }, { 'f:a': { '.': {} } })).toEqual({ a: {} });
});

it('makes a manifest of them that can be applied', () => {
  const manifest = manifestOf(live(), SET);
  expect(manifest).toMatchObject({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a', namespace: 'n', labels: { app: 'x' } },
  });
  expect(manifest.metadata).not.toHaveProperty('managedFields');
  expect(manifest).not.toHaveProperty('status');
});

it('joins two sets; the whole of a value absorbs its parts', () => {
  expect(union({ 'f:a': { 'f:b': {} } }, { 'f:a': { 'f:c': {} }, 'f:d': {} })).toEqual({
    'f:a': { 'f:b': {}, 'f:c': {} },
    'f:d': {},
  });
  expect(union({ 'f:a': {} }, { 'f:a': { 'f:c': {} } })).toEqual({ 'f:a': {} });
});

it('gives a digest that sees every edit of what is owned, and no other', () => {
  const before = ownedDigest(live());
  expect(ownedDigest(live((spec) => Object.assign(spec, { paused: false })))).toBe(before);
  expect(ownedDigest(live((spec) => Object.assign(spec, { replicas: 3 })))).not.toBe(before);
  const { 'f:replicas': _taken, ...rest } = SET['f:spec'];
  expect(ownedDigest(live(undefined, { ...SET, 'f:spec': rest }))).not.toBe(before);
  expect(ownedDigest(live(undefined, SET))).toBe(before);
});

it('leaves replicas out of the digest when an autoscaler sets them', () => {
  const { 'f:replicas': _taken, ...rest } = SET['f:spec'];
  const scaled = live((spec) => Object.assign(spec, { replicas: 9 }), { ...SET, 'f:spec': rest });
  expect(ownedDigest(scaled, true)).toBe(ownedDigest(live(), true));
});
