import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { agentOf, agentProblems } from '../../../lib/release/ownership/agent';

const object = (metadata: object): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'fraud', namespace: 'team', ...metadata },
});
const tracked = (id: string) => object({ annotations: { 'argocd.argoproj.io/tracking-id': id } });
const managedBy = (...managers: readonly string[]) =>
  object({
    managedFields: managers.map((manager) => ({
      manager,
      operation: 'Apply',
      apiVersion: 'apps/v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': {} },
    })),
  });

describe('the agent that owns an object', () => {
  it.each([
    [
      object({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'a', 'kustomize.toolkit.fluxcd.io/namespace': 'ns' } }),
      'Flux',
      'Kustomization ns/a',
    ],
    [
      object({ labels: { 'helm.toolkit.fluxcd.io/name': 'a', 'helm.toolkit.fluxcd.io/namespace': 'ns' } }),
      'Flux',
      'HelmRelease ns/a',
    ],
    [tracked('app:apps/Deployment:team/fraud'), 'Argo CD', 'Application app'],
    [object({ labels: { 'argocd.argoproj.io/instance': 'app' } }), 'Argo CD', 'Application app'],
    [managedBy('kustomize-controller'), 'Flux', undefined],
    [managedBy('argocd-controller'), 'Argo CD', undefined],
  ] as const)('is told by labels, annotations and managers (%#)', (live, agent, by) => {
    expect(agentOf(live)).toEqual(by === undefined ? { agent } : { agent, by });
  });

  it.each([
    ['other tools', managedBy('kubectl', 'helm')],
    ['a manager whose object was taken over', managedBy('kustomize-controller', 'cdk8s-serving')],
    ['a tracking annotation copied from another object', tracked('app:apps/Deployment:team/other')],
    ['a label that this tool sets itself', object({ labels: { 'app.kubernetes.io/instance': 'fraud' } })],
  ])('is not told by %s', (_name, live) => expect(agentOf(live)).toBeUndefined());

  it('is one problem for all its objects, with the way out', () => {
    const [problem, ...others] = agentProblems([
      tracked('app:apps/Deployment:team/fraud'),
      tracked('app:apps/Deployment:team/fraud'),
      object({}),
    ]);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'OWNED_BY_AGENT', subject: 'Deployment/fraud and 1 more' });
    expect(problem?.remedy).toMatch(/Commit the change.*delete Application app without pruning.*--adopt/);
  });
});
