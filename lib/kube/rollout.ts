import { type Fields, fieldsAt, listAt, textAt } from './fields';
import type { KubeObject } from './object';
import { type Amounts, amountsOf } from './quantity';

/** The pods that a rollout needs at its peak. */
export interface Rollout {
  /** `Deployment/fraud-model`. */
  readonly subject: string;
  readonly namespace: string;
  /** Labels by which the workload selects its own pods. */
  readonly own: Fields;
  /** Labels and spec of the new pods. */
  readonly labels: Fields;
  readonly spec: Fields;
  /** Requests of one pod, and its limits. */
  readonly requests: Amounts;
  readonly limits: Amounts;
  /** Maximum number of pods at the end. */
  readonly replicas: number;
  /** Pods that must fit next to the existing ones: all of them when none exist yet. */
  readonly extra: number;
  /** Number of new pods that must be ready before an old one is removed; zero when old pods are removed first. */
  readonly surge: number;
}

/** Requests of one pod: the sum of its containers, or its largest init container if higher. A limit alone counts as a request. */
export function requestsOf(spec: Fields): Amounts {
  return amountsOfPod(spec, (container) => ({
    ...amountsOf(fieldsAt(container, 'resources', 'limits')),
    ...amountsOf(fieldsAt(container, 'resources', 'requests')),
  }));
}

/** Limits of one pod, counted like its requests. */
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

/** Pods that a workload must start before it may stop one, when none may be missing. */
export function surgeOf(object: KubeObject, replicas: number): number {
  if (replicas === 0 || object.kind !== 'Deployment' || textAt(object, 'spec', 'strategy', 'type') === 'Recreate') return 0;
  const { maxUnavailable = '25%' } = fieldsAt(object, 'spec', 'strategy', 'rollingUpdate');
  return podsOf(maxUnavailable, replicas, Math.floor) === 0 ? 1 : 0;
}

/** A number of pods, or a percentage of them. */
export function podsOf(value: unknown, pods: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(String(value), 10) / 100) * pods);
}

/** All amounts that a ResourceQuota counts for a number of a rollout's pods. @see https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
export function quotaUse({ requests, limits }: Rollout, pods: number): Amounts {
  const use: Record<string, number> = { pods, 'count/pods': pods };
  for (const [name, amount] of Object.entries(requests)) {
    use[`requests.${name}`] = amount * pods;
    if (name === 'cpu' || name === 'memory') use[name] = amount * pods;
  }
  for (const [name, amount] of Object.entries(limits)) use[`limits.${name}`] = amount * pods;
  return use;
}
