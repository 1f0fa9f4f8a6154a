import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { isStated } from '../../../lib/release/ownership/stated';

const FIELDS = {
  'f:metadata': { 'f:labels': { 'f:a': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:containers': {
      'k:{"name":"one"}': { '.': {}, 'f:name': {}, 'f:args': {}, 'f:resources': { 'f:limits': { 'f:cpu': {} } } },
      'k:{"name":"two"}': {
        '.': {},
        'f:name': {},
        'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
      },
    },
    'f:finalizers': { 'v:"x"': {} },
    'f:rules': {},
    'f:nothing': {},
  },
};
const spec = {
  replicas: 2,
  containers: [
    { name: 'one', args: ['a', 'b'], resources: { limits: { cpu: '1000m' } } },
    { name: 'two', ports: [{ containerPort: 80 }] },
  ],
  finalizers: ['x'],
  rules: [{ port: 80 }],
  nothing: {},
};
const object = (fields: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'a', namespace: 'n', labels: { a: 'b' }, ...metadata },
  spec: fields,
});
const managedFields = [{ manager: 'cdk8s-serving', operation: 'Apply', fieldsV1: FIELDS }];
const there = (change: object = {}, fields = managedFields) => {
  const { nothing: _notStored, ...stored } = spec;
  const [one, two] = spec.containers;
  const containers = [
    { ...one, resources: { limits: { cpu: '1' } }, imagePullPolicy: 'Always' },
    { name: 'injected' },
    { ...two, ports: [{ containerPort: 80, protocol: 'TCP' }] },
  ];
  return object(
    { ...stored, containers, rules: [{ port: 80, protocol: 'TCP' }], paused: true, ...change },
    { managedFields: fields, uid: 'u' },
  );
};

describe('a live object says what its manifest says', () => {
  it('with defaults, spellings of quantities and items of others beside it', () => {
    expect(isStated(object(spec), there())).toBe(true);
  });
  it.each<[string, object, KubeObject]>([
    ['another value', { ...spec, replicas: 3 }, there()],
    [
      'another amount',
      { ...spec, containers: [{ ...spec.containers[0], resources: { limits: { cpu: '1001m' } } }, spec.containers[1]] },
      there(),
    ],
    ['a field more', { ...spec, more: 1 }, there()],
    ['a field less', { ...spec, replicas: undefined }, there()],
    ['an item less', { ...spec, containers: spec.containers.slice(0, 1) }, there()],
    ['another order', { ...spec, containers: spec.containers.toReversed() }, there()],
    ['another live value', spec, there({ replicas: 5 })],
    ['a live value gone', spec, there({ replicas: undefined })],
    ['more in a value that is owned as a whole', spec, there({ rules: [{ port: 80, protocol: 'TCP', everyone: true }] })],
    ['another default in it', spec, there({ rules: [{ port: 80, protocol: 'UDP' }] })],
    ['an empty field more in it', { ...spec, rules: [{ port: 80, from: {} }] }, there()],
    ['fields of nobody', spec, there({}, [])],
    ['fields of another manager', spec, there({}, [{ manager: 'kubectl', operation: 'Apply', fieldsV1: FIELDS }])],
  ])('but not with %s', (_title, manifest, live) => {
    expect(isStated(object(manifest), live)).toBe(false);
  });
  it('only where the API server has its own kinds: what a custom field means is not known', () => {
    const custom = (one: KubeObject): KubeObject => ({ ...one, apiVersion: 'example.com/v1' });
    const { rules, containers: _containers, ...plain } = spec;
    const live = (fields: object) => custom(there({ rules, containers: undefined, ...fields }));
    const said = (fields: object) => custom(object({ ...plain, ...fields }));
    const whole = (fields: object) => [
      { manager: 'cdk8s-serving', operation: 'Apply', fieldsV1: { 'f:metadata': FIELDS['f:metadata'], 'f:spec': fields } },
    ];
    const set = { 'f:replicas': {}, 'f:finalizers': { 'v:"x"': {} }, 'f:rules': {}, 'f:nothing': {} };
    const at = (fields: object, changes: object) => {
      const found = live(changes);
      return { ...found, metadata: { ...found.metadata, managedFields: whole(fields) } };
    };
    expect(isStated(said({ rules }), at(set, {}))).toBe(true);
    expect(isStated(said({ rules }), at(set, { rules: [{ port: 80, protocol: 'TCP' }] }))).toBe(false);
    const limits = { ...set, 'f:limits': {} };
    expect(isStated(said({ rules, limits: '1' }), at(limits, { limits: '1' }))).toBe(true);
    expect(isStated(said({ rules, limits: '1000m' }), at(limits, { limits: '1' }))).toBe(false);
  });
  it('with what the API server does not store, while it is owned', () => {
    const fields = { 'f:metadata': FIELDS['f:metadata'], 'f:spec': { 'f:hostNetwork': {}, 'f:priority': {} } };
    const stored = object({}, { managedFields: [{ manager: 'cdk8s-serving', operation: 'Apply', fieldsV1: fields }] });
    expect(isStated(object({ hostNetwork: false, priority: 0 }), stored)).toBe(true);
    expect(isStated(object({ hostNetwork: true, priority: 0 }), stored)).toBe(false);
  });
});
