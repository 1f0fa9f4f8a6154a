import { expect, it } from 'vitest';
import type { Obj } from '../../../lib/kube/fields';
import { ByLabel, BySelector } from '../../../lib/sandbox/controllers/by-label';

const pod = (name: string, labels: Obj, namespace = 'n'): Obj => ({ metadata: { name, namespace, labels } });
const names = (objects: readonly Obj[]) => objects.map(({ metadata }) => (metadata as Obj).name);

it('finds objects by any selector, in their namespace only, as they are labelled now', () => {
  const pods = new ByLabel();
  const first = pod('a', { app: 'web', tier: 'front' });
  for (const one of [first, pod('b', { app: 'web' }), pod('c', { app: 'db' }), pod('d', { app: 'web' }, 'other')]) pods.put(one);
  expect(names(pods.matching('n', { matchLabels: { app: 'web' } }))).toEqual(['a', 'b']);
  expect(names(pods.matching('n', { matchLabels: { app: 'web', tier: 'front' } }))).toEqual(['a']);
  expect(names(pods.matching('n', { matchExpressions: [{ key: 'app', operator: 'In', values: ['db'] }] }))).toEqual(['c']);
  expect(names(pods.matching('n', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }))).toEqual(['b', 'c']);
  expect(names(pods.matching('n', {}))).toEqual(['a', 'b', 'c']);
  expect(pods.matching('n', undefined)).toEqual([]);
  pods.put(pod('a', { app: 'db' }), first);
  expect(names(pods.matching('n', { matchLabels: { app: 'web' } }))).toEqual(['b']);
  pods.drop(pod('c', { app: 'db' }));
  expect(names(pods.matching('n', { matchLabels: { app: 'db' } }))).toEqual(['a']);
});

it('finds the selectors that match labels', () => {
  const selectors = new BySelector();
  const any = { matchExpressions: [{ key: 'app', operator: 'Exists' }] };
  selectors.put('web', 'n', { matchLabels: { app: 'web', tier: 'front' } });
  selectors.put('any', 'n', any);
  selectors.put('none', 'n', undefined);
  selectors.put('elsewhere', 'm', { matchLabels: { app: 'web' } });
  expect(selectors.matching('n', { app: 'web', tier: 'front' }).sort()).toEqual(['any', 'web']);
  expect(selectors.matching('n', { app: 'web' })).toEqual(['any']);
  selectors.drop('any', 'n', any);
  expect(selectors.matching('n', { app: 'web' })).toEqual([]);
});
