import { expect, it } from 'vitest';
import type { Problem } from '../../lib/errors/problem';
import { GATE_ANNOTATION, GATE_SUPPORT_ANNOTATION, THRESHOLDS_ANNOTATION } from '../../lib/kube/contract';
import type { KubeObject } from '../../lib/kube/object';
import { splitGates } from '../../lib/manifests/gates';
import { gate, THRESHOLDS } from '../release/manifests';

const annotated = (kind: string, annotations: Record<string, string>, name = 'x'): KubeObject => ({
  apiVersion: 'batch/v1',
  kind,
  metadata: { name, annotations },
});
const split = (...objects: KubeObject[]) => {
  const problems: Problem[] = [];
  return { ...splitGates(objects, problems), problems };
};

it('takes gates and what exists for them out of the stack', () => {
  const support = annotated('ConfigMap', { [GATE_SUPPORT_ANNOTATION]: 'validate' }, 'settings');
  const plain = annotated('Job', {}, 'plain');
  const { objects, gates, problems } = split(plain, support, gate({ namespace: 'n' }));
  expect(problems).toEqual([]);
  expect(objects).toEqual([plain]);
  expect(gates).toMatchObject([{ name: 'validate', phase: 'before', thresholds: THRESHOLDS, support: [support] }]);
});

it.each([
  ['an unknown phase', annotated('Job', { [GATE_ANNOTATION]: 'later' })],
  ['something that is no Job', annotated('Pod', { [GATE_ANNOTATION]: 'before' })],
  ['thresholds that are not JSON', annotated('Job', { [GATE_ANNOTATION]: 'before', [THRESHOLDS_ANNOTATION]: 'auc>0.9' })],
  ['a threshold without bounds', annotated('Job', { [GATE_ANNOTATION]: 'before', [THRESHOLDS_ANNOTATION]: '{"auc":{}}' })],
  ['a bound that is text', annotated('Job', { [GATE_ANNOTATION]: 'before', [THRESHOLDS_ANNOTATION]: '{"auc":{"min":"0.9"}}' })],
  ['a mistyped bound', annotated('Job', { [GATE_ANNOTATION]: 'before', [THRESHOLDS_ANNOTATION]: '{"auc":{"minimum":0.9}}' })],
  ['support of a gate that is not there', annotated('ConfigMap', { [GATE_SUPPORT_ANNOTATION]: 'nobody' })],
])('refuses %s', (_title, object) => {
  expect(split(object).problems).toMatchObject([{ code: 'GATE_INVALID' }]);
});

it('understands Helm hook Jobs that run before a release, in the order of their weights', () => {
  const hook = (name: string, weight: string, events: string) =>
    annotated('Job', { 'helm.sh/hook': events, 'helm.sh/hook-weight': weight }, name);
  const { gates, objects, problems } = split(hook('b', '5', 'pre-upgrade'), hook('a', '-5', 'pre-install, pre-upgrade'));
  expect(problems).toEqual([]);
  expect(objects).toEqual([]);
  expect(gates.map(({ name, phase, thresholds }) => [name, phase, thresholds])).toEqual([
    ['a', 'before', {}],
    ['b', 'before', {}],
  ]);
});

it.each(['pre-delete', 'pre-install,post-install', 'crd-install'])(
  'refuses a Helm hook for %s instead of applying it',
  (events) => {
    const { objects, gates, problems } = split(annotated('Job', { 'helm.sh/hook': events }));
    expect([objects, gates]).toEqual([[], []]);
    expect(problems).toMatchObject([{ code: 'HOOK_UNKNOWN', got: events }]);
  },
);
