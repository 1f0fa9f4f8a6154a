import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../lib/client/errors';
import type { KubeObject } from '../../../lib/kube/object';
import { judgesPods, policiesForPods } from '../../../lib/release/preflight/pod-policies';
import { onSandbox } from '../on-sandbox';

const rule = (apiGroups: string[], resources: string[], operations: string[] = ['CREATE']) => ({
  apiGroups,
  apiVersions: ['*'],
  operations,
  resources,
});
const webhooks = (...rules: object[]): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'judge' },
  webhooks: [
    { name: 'a.test', rules: [rule(['apps'], ['deployments'])] },
    { name: 'b.test', rules },
  ],
});

describe('judgesPods', () => {
  it.each<[string, object, boolean]>([
    ['pods of the core group', rule([''], ['pods']), true],
    ['everything', rule(['*'], ['*'], ['*']), true],
    ['everything with its sub-resources', rule(['*'], ['*/*']), true],
    ['all resources but sub-resources', rule([''], ['services', '*']), true],
    ['only changes of pods', rule([''], ['pods'], ['UPDATE']), false],
    ['only sub-resources of pods', rule([''], ['pods/exec']), false],
    ['pods of another group', rule(['metrics.k8s.io'], ['pods']), false],
  ])('a webhook for %s', (_name, given, judged) => {
    expect(judgesPods(webhooks(given))).toBe(judged);
  });

  it('reads the rules of a ValidatingAdmissionPolicy', () => {
    const policy = (resource: string): KubeObject => ({
      ...webhooks(),
      kind: 'ValidatingAdmissionPolicy',
      webhooks: [],
      spec: { matchConstraints: { resourceRules: [rule([''], [resource])] } },
    });
    expect([judgesPods(policy('pods')), judgesPods(policy('configmaps'))]).toEqual([true, false]);
  });
});

describe('policiesForPods', () => {
  const answering = async (answer: () => Promise<never>) => {
    const { api } = await onSandbox();
    return policiesForPods({ api: { ...api, list: answer } });
  };
  const refused = (status: number) => () => Promise.reject(new ApiError(status, { message: 'no' }, 'list'));

  it('expects policies where the user may not look, and none where the API server has no such kind', async () => {
    expect(await answering(refused(403))).toBe(true);
    expect(await answering(refused(404))).toBe(false);
  });
});
