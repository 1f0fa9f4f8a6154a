import { type Fields, fieldsAt, listAt, textAt } from './fields';
import type { KubeObject } from './object';
import { type Amounts, amountsOf } from './quantity';

/** The pods that a rollout needs at its worst moment. */
export interface Rollout {
  /** `Deployment/fraud-model`. */
  readonly subject: string;
  readonly namespace: string;
  /** Labels by which the workload finds its own pods. */
  readonly own: Fields;
  /** Labels and spec of the new pods. */
  readonly labels: Fields;
  readonly spec: Fields;
  /** What one pod requests, and may use at most. */
  readonly requests: Amounts;
  readonly limits: Amounts;
  /** Pods that there may be in the end. */
  readonly replicas: number;
  /** Pods that have to fit beside those that are there: all of them where none is there yet. */
  readonly extra: number;
  /** How many have to be ready before an old one may go; nought when old ones go first. */
  readonly surge: number;
}

/** What one pod requests: the sum of its containers, or its largest init container where that is more. A limit alone is a request. */
export function requestsOf(spec: Fields): Amounts {
  return amountsOfPod(spec, (container) => ({
    ...amountsOf(fieldsAt(container, 'resources', 'limits')),
    ...amountsOf(fieldsAt(container, 'resources', 'requests')),
  }));
}

/** What one pod may use at most, counted like its requests. */
export function limitsOf(spec: Fields): Amounts {
  return amountsOfPod(spec, (container) => amountsOf(fieldsAt(container, 'resources', 'limits')));
}

function amountsOfPod(spec: Fields, of: (container: unknown) => Amounts): Amounts {
  const total: Record<string, number> = {};
  for (const container of listAt(spec, 'containers')) {
    for (const [name, amount] of Object.entries(of(container))) total[name] = (total[name] ?? 0) + amount;
  }
  // Init containers run one after the other, before the others.
  for (const container of listAt(spec, 'initContainers')) {
    for (const [name, amount] of Object.entries(of(container))) total[name] = Math.max(total[name] ?? 0, amount);
  }
  return total;
}

/** Pods that a workload has to start before it may stop one, when none may be missing. */
export function surgeOf(object: KubeObject, replicas: number): number {
  if (replicas === 0 || object.kind !== 'Deployment' || textAt(object, 'spec', 'strategy', 'type') === 'Recreate') return 0;
  const { maxUnavailable = '25%' } = fieldsAt(object, 'spec', 'strategy', 'rollingUpdate');
  return podsOf(maxUnavailable, replicas, Math.floor) === 0 ? 1 : 0;
}

/** A number of pods, or a share of them. */
export function podsOf(value: unknown, pods: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(String(value), 10) / 100) * pods);
}

/** Everything that a ResourceQuota counts about so many pods of a rollout. @see https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
export function quotaUse({ requests, limits }: Rollout, pods: number): Amounts {
  const use: Record<string, number> = { pods, 'count/pods': pods };
  for (const [name, amount] of Object.entries(requests)) {
    use[`requests.${name}`] = amount * pods;
    if (name === 'cpu' || name === 'memory') use[name] = amount * pods;
  }
  for (const [name, amount] of Object.entries(limits)) use[`limits.${name}`] = amount * pods;
  return use;
}
