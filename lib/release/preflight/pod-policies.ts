import { listAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import type { Run } from '../model/engine';
import { unread } from './unread';

const GROUP = 'admissionregistration.k8s.io/v1';
const KINDS = ['ValidatingAdmissionPolicy', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const;

/**
 * Whether a policy or webhook of the cluster (Kyverno and Gatekeeper are webhooks) judges new pods, by rules of its own: it may
 * look at any label, variable or argument. Also true where the user may not look.
 */
export async function policiesForPods({ api }: Pick<Run, 'api'>): Promise<boolean> {
  const found = await Promise.all(
    KINDS.map(async (kind): Promise<boolean> => {
      // An older API server has no policies, and the sandbox has neither policies nor webhooks.
      const listed = await api.list({ apiVersion: GROUP, kind }).catch(unread);
      return listed === 'forbidden' || (listed !== 'unserved' && listed.items.some(judgesPods));
    }),
  );
  return found.includes(true);
}

/** Whether a policy or one of the webhooks of a configuration has a rule for the creation of pods. */
export function judgesPods(policy: KubeObject): boolean {
  const rules = [
    ...listAt(policy, 'spec', 'matchConstraints', 'resourceRules'),
    ...listAt(policy, 'webhooks').flatMap((webhook) => listAt(webhook, 'rules')),
  ];
  const includes = (rule: unknown, field: string, ...values: readonly string[]) =>
    listAt(rule, field).some((one) => one === '*' || values.includes(String(one)));
  return rules.some(
    (rule) =>
      includes(rule, 'apiGroups', '') && includes(rule, 'resources', 'pods', '*/*') && includes(rule, 'operations', 'CREATE'),
  );
}
