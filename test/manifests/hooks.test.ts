import { expect, it } from 'vitest';
import type { Problem } from '../../lib/errors/problem';
import { splitGates } from '../../lib/manifests/gates';
import { hookOf } from '../../lib/manifests/hooks';

const object = (kind: string, annotations: Record<string, string>, name = 'x') => ({
  ...{ apiVersion: 'v1', kind, metadata: { name, namespace: 'n', annotations } },
});

it.each([
  ['Job', 'helm.sh/hook', 'pre-install,pre-upgrade', 'gate'],
  ['Job', 'helm.sh/hook', 'post-upgrade', 'gate'],
  ['Job', 'helm.sh/hook', 'pre-install,post-install', 'refused'],
  ['Job', 'helm.sh/hook', 'pre-delete', 'refused'],
  ['Pod', 'helm.sh/hook', 'test', 'left-out'],
  ['Job', 'helm.sh/hook', 'test-success', 'left-out'],
  ['Pod', 'helm.sh/hook', 'pre-install', 'refused'],
  ['ServiceAccount', 'helm.sh/hook', 'pre-install,post-install', 'support'],
  ['Job', 'argocd.argoproj.io/hook', 'PreSync', 'gate'],
  ['Job', 'argocd.argoproj.io/hook', 'PostSync', 'gate'],
  ['Job', 'argocd.argoproj.io/hook', 'SyncFail', 'refused'],
  ['Job', 'argocd.argoproj.io/hook', 'PostDelete', 'refused'],
  ['Job', 'argocd.argoproj.io/hook', 'Skip', 'left-out'],
])('takes a %s with %s: %s as %s', (kind, annotation, value, meaning) => {
  expect(hookOf(object(kind, { [annotation]: value }))?.kind).toBe(meaning);
});

it('brings accounts and roles of hooks along with the hook Jobs of their phase', () => {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const { objects, gates } = splitGates(
    [
      object('Job', { 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': '1' }, 'before'),
      object('Job', { 'argocd.argoproj.io/hook': 'PostSync' }, 'after'),
      object('Role', { 'helm.sh/hook': 'pre-install,post-install' }, 'role'),
      object('ServiceAccount', { 'helm.sh/hook': 'pre-install' }, 'account'),
      object('Pod', { 'helm.sh/hook': 'test' }, 'probe'),
      object('ConfigMap', {}, 'ordinary'),
    ],
    problems,
    warnings,
  );
  expect(objects.map(({ metadata }) => metadata.name)).toEqual(['ordinary']);
  const brought = gates.map(({ name, phase, support }) => [name, phase, support.map(({ metadata }) => metadata.name)]);
  expect(brought).toEqual([
    ['after', 'after', ['role']],
    ['before', 'before', ['role', 'account']],
  ]);
  expect([problems, warnings.map(({ code, subject }) => [code, subject])]).toEqual([[], [['HOOK_LEFT_OUT', 'Pod/probe']]]);
});
