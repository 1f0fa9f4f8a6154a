import { expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import type { Plan, PlanAction } from '../../../lib/release/model/plan';
import { missingPermissions, needsOf } from '../../../lib/release/preflight/permissions';
import { fakeApi } from '../fake-api';
import { deployment, gate } from '../manifests';

const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'n' } };
const planned = (action: PlanAction, manifest: KubeObject = config): Plan => ({
  release: 'r',
  namespace: 'n',
  digest: 'd',
  gates: [],
  problems: [],
  objects: [{ key: 'k', action, manifest, changes: [], conflicts: [] }],
});
const verbs = (plan: Plan, kind: string) =>
  needsOf(plan)
    .flatMap((need) => (need.kind === kind ? [need.verb] : []))
    .sort();

it('needs what a step needs, and its undo', () => {
  expect(verbs(planned('change'), 'ConfigMap')).toEqual(['get', 'list', 'patch', 'watch']);
  expect(verbs(planned('create'), 'ConfigMap')).toEqual(['create', 'delete', 'get', 'list', 'patch', 'watch']);
  expect(verbs(planned('delete'), 'ConfigMap')).toEqual(['create', 'delete', 'get', 'list', 'patch', 'watch']);
  expect(verbs(planned('unchanged'), 'ConfigMap')).toEqual([]);
  for (const kind of ['Pod', 'ReplicaSet', 'Event']) {
    expect(verbs(planned('change', deployment('a', { namespace: 'n' })), kind)).toEqual(['list', 'watch']);
    expect(verbs(planned('change'), kind)).toEqual([]);
  }
  const job = gate({ namespace: 'n' });
  const gated = {
    ...planned('change'),
    gates: [{ name: 'validate', phase: 'before' as const, job, thresholds: {}, support: [] }],
  };
  expect(verbs(gated, 'Job')).toEqual(['create', 'delete', 'get', 'list', 'watch']);
});

it('asks for the rules once per namespace, and again only for what they do not allow', async () => {
  const asked: string[] = [];
  const rules = [
    { verbs: ['*'], apiGroups: [''], resources: ['secrets'] },
    { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['configmaps'] },
    { verbs: ['patch'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['other'] },
    { verbs: ['get', 'create', 'update'], apiGroups: ['coordination.k8s.io'], resources: ['leases'] },
  ];
  const api = fakeApi({
    create: async (object) => ({ ...object, status: { resourceRules: rules } }),
    may: async (verb, { kind }) => {
      asked.push(`${verb} ${kind}`);
      return false;
    },
  });
  const problems = await missingPermissions(api, needsOf(planned('change')));
  expect(asked).toEqual(['patch ConfigMap']);
  expect(problems).toMatchObject([
    { code: 'PERMISSION_MISSING', subject: 'ConfigMap in n', message: 'you may not patch objects of this kind' },
  ]);
});

it('believes a yes that the rules did not know of', async () => {
  const api = fakeApi({ create: async (object) => object, may: async () => true });
  expect(await missingPermissions(api, needsOf(planned('create')))).toEqual([]);
});
