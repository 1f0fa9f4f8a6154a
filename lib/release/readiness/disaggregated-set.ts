import { isFields, listAt, textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { countAt } from './fields';
import { leaderWorkerSetStatus } from './leader-worker-set';
import { current, inProgress, type Status } from './result';

/** Label on objects that the controller creates for a DisaggregatedSet. */
export const SET_LABEL = 'disaggregatedset.x-k8s.io/name';

/**
 * The status of a DisaggregatedSet from its groups: each role needs a ready group of its newest spec, and no older group may
 * remain. The set's own status is optional: controller 0.9 writes none.
 */
export function disaggregatedSetStatus(object: KubeObject, groups: readonly KubeObject[], pods?: readonly KubeObject[]): Status {
  const { name, namespace } = object.metadata;
  const mine = groups.filter(({ metadata }) => metadata.labels?.[SET_LABEL] === name && metadata.namespace === namespace);
  const roles = listAt(object, 'spec', 'roles');
  const fresh = roles.map((role) => mine.find((group) => isOf(group, role)));
  for (const [index, group] of fresh.entries()) {
    const role = textOrEmpty(roles[index], 'name');
    if (group === undefined) return inProgress('RoleMissing', `Role ${role}: not created yet`);
    const status = leaderWorkerSetStatus(group, pods);
    if (status.status !== 'Current') return inProgress(status.reason, `Role ${role}: ${status.message}`);
  }
  const old = mine.filter((group) => !fresh.includes(group) && countAt(group, ['status', 'replicas'], 0) > 0);
  if (old.length > 0) return inProgress('OldRoles', `Groups of the earlier revision: ${old.length}`);
  return current(`Ready roles: ${roles.length}/${roles.length}`);
}

/** Whether a group was created from a role's current spec: the API server and webhooks only add to it. */
function isOf(group: KubeObject, role: unknown): boolean {
  const spec = isFields(role) ? role.spec : undefined;
  const template = isFields(spec) ? { replicas: spec.replicas, leaderWorkerTemplate: spec.leaderWorkerTemplate } : {};
  return (
    group.metadata.labels?.['disaggregatedset.x-k8s.io/role'] === textOrEmpty(role, 'name') &&
    contains(group.spec, withoutLabels(template))
  );
}

/** The controller replaces labels of the template. */
function withoutLabels(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLabels);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (key === 'labels' ? [] : [[key, withoutLabels(inner)]])),
  );
}

/** Whether a value contains all of another. Lists must have the same items in the same order. */
function contains(value: unknown, part: unknown): boolean {
  if (part === undefined) return true;
  if (Array.isArray(part)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return items.length >= part.length && part.every((one, index) => contains(items[index], one));
  }
  if (!isFields(part)) return String(value) === String(part);
  return isFields(value) && Object.entries(part).every(([key, inner]) => contains(value[key], inner));
}
