import { describe, expect, it } from 'vitest';
import { HIDDEN, holdsValues, secretValuesOf, shownAt, withoutSecretValues, withValuesOf } from '../../lib/kube/hidden-values';
import type { KubeObject } from '../../lib/kube/object';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A Secret with a value, and annotations. */
const secret = (annotations: Readonly<Record<string, string>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', annotations },
  data: { a: 'aHVudGVyMg==' },
  stringData: { b: 'hunter3' },
});
/** A pod with variables in both kinds of containers. */
const pod = (value = 'hunter2', annotations: Readonly<Record<string, string>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', annotations },
  spec: {
    initContainers: [{ name: 'init', env: [{ name: 'API_TOKEN', value }] }],
    containers: [
      {
        name: 'main',
        env: [
          { name: 'LOG_LEVEL', value: 'info' },
          { name: 'DB_PASSWORD', value },
          { name: 'EMPTY_PASSWORD', value: '' },
          { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'a' } } },
        ],
      },
    ],
  },
});

describe('a record', () => {
  it('keeps the names in a Secret and none of its values', () => {
    expect(withoutSecretValues(secret({ other: 'x' }))).toEqual({
      ...secret({ other: 'x' }),
      data: { a: '' },
      stringData: { b: '' },
    });
  });

  it.each([
    [LAST_APPLIED, '{}'],
    ['kapp.k14s.io/original', 'x'],
    ['kapp.k14s.io/original-diff-md5', 'x'],
    ['meta.helm.sh/values', 'x'],
    ['team/copy', '{"a": 1}'],
    ['team/copy', ' ["a"]'],
    ['team/copy', 'password is hunter2'],
    ['team/copy', 'aHVudGVyMg=='],
    ['team/copy', 'hunter3'],
  ])('does not keep the annotation %s: %s of a Secret', (key, text) => {
    expect(withoutSecretValues(secret({ [key]: text, other: 'x' })).metadata.annotations).toEqual({ other: 'x' });
    expect(holdsValues(secret(), key, text)).toBe(true);
  });

  it.each([
    ['meta.helm.sh/release-name', 'x'],
    ['meta.helm.sh/release-namespace', 'x'],
    ['helm.sh/resource-policy', 'keep'],
  ])('keeps the annotation %s: %s', (key, text) => {
    expect(withoutSecretValues(secret({ [key]: text })).metadata.annotations).toEqual({ [key]: text });
  });

  it('keeps no value of a variable that is called a secret, and all others', () => {
    const kept = withoutSecretValues(pod());
    expect(JSON.stringify(kept)).not.toContain('hunter2');
    expect(JSON.stringify(kept)).toBe(JSON.stringify(pod(HIDDEN)));
    const open = pod('');
    expect(withoutSecretValues(open)).toBe(open);
  });

  it('keeps copies of other objects where there is nothing to hide in them', () => {
    const [open, closed, broken] = [pod(''), pod(), 'x'].map((copy) => ({ [LAST_APPLIED]: JSON.stringify(copy) }));
    expect(withoutSecretValues(pod('', open)).metadata.annotations).toEqual(open);
    expect(withoutSecretValues(pod('', closed)).metadata.annotations).toEqual({});
    expect(withoutSecretValues(pod('', { ...broken, [LAST_APPLIED]: '{' })).metadata.annotations).toEqual({});
  });
});

describe('a way back', () => {
  it('takes the values from the live object, wherever its items stand by now', () => {
    const moved = {
      ...pod(),
      spec: { ...(pod().spec as object), containers: [{ name: 'new' }, ...(pod().spec as { containers: [] }).containers] },
    };
    expect(withValuesOf(withoutSecretValues(pod('old')), moved)).toEqual({ object: pod(), missing: [] });
    expect(withValuesOf(withoutSecretValues(secret()), { ...secret(), data: { a: 'x', b: 'y', c: 'z' } }).object.data).toEqual({
      a: 'x',
      b: 'y',
    });
  });

  it('names the values that the live object does not have', () => {
    const missing = [
      'spec.initContainers[name=init].env[name=API_TOKEN].value',
      'spec.containers[name=main].env[name=DB_PASSWORD].value',
    ];
    expect(withValuesOf(withoutSecretValues(pod()), undefined).missing).toEqual(missing);
    expect(withValuesOf(withoutSecretValues(secret()), undefined).missing).toEqual(['a', 'b']);
    expect(withValuesOf(pod(''), undefined)).toEqual({ object: pod(''), missing: [] });
  });
});

it.each([
  ['spec.containers[name=a].env[name=DB_PASSWORD].value', 'x', HIDDEN],
  ['spec.containers[name=a].env[name=DB_PASSWORD].value', { deep: 'x' }, HIDDEN],
  ['spec.containers[name=a].env[name=LOG].value', 'x', 'x'],
  ['spec.containers[name=a].env[name=DB_PASSWORD]', { name: 'DB_PASSWORD', value: 'x' }, { name: 'DB_PASSWORD', value: HIDDEN }],
  ['spec.env', { DB_PASSWORD: 'x', LOG: 'y' }, { DB_PASSWORD: HIDDEN, LOG: 'y' }],
  ['spec.env.DB_PASSWORD', 'x', HIDDEN],
  ['spec', { env: { DB_PASSWORD: 'x' } }, { env: { DB_PASSWORD: HIDDEN } }],
  ['spec.replicas', 3, 3],
])('shows at %s %j as %j', (path, value, shown) => expect(shownAt(pod(), path, value)).toEqual(shown));

it('shows of a Secret its metadata only', () => {
  expect(shownAt(secret(), 'data.a', 'x')).toBe(HIDDEN);
  expect(shownAt(secret(), 'whatever', 'x')).toBe(HIDDEN);
  expect(shownAt(secret(), 'metadata.labels.a', 'x')).toBe('x');
  expect(shownAt(secret(), 'metadata.annotations', { a: '{"x": 1}', b: 'c' })).toEqual({ a: HIDDEN, b: 'c' });
  expect(shownAt(secret(), `metadata.annotations["${LAST_APPLIED}"]`, '{"x": 1}')).toBe(HIDDEN);
  expect(JSON.stringify(shownAt(secret(), '', secret()))).not.toMatch(/hunter|aHV/);
});

it('knows the values that it hides', () => {
  expect(secretValuesOf(secret())).toEqual(['aHVudGVyMg==', 'hunter3']);
  expect(secretValuesOf(pod())).toEqual(['hunter2', 'hunter2']);
});
