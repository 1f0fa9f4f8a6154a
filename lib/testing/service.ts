import { at, fieldsAt, listAt, numberAt, textAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';
import { hasLabels } from '../kube/selector';
import type { Sandbox } from '../sandbox';

/** A Service, and the minimum number of available pods at any time. */
export interface Promised {
  /** `Service/fraud-model`. */
  readonly service: string;
  readonly pods: () => number;
  /** Returns the current minimum. */
  readonly least: () => number;
}

/** Source of the minimum: the workload's strategy for changes to it, or the PodDisruptionBudget for other disruptions. */
export type Promiser = 'strategy' | 'budget';

/** Services of a sandbox with pods of a workload. */
export function promisedBy(promiser: Promiser, sandbox: Sandbox): readonly Promised[] {
  return sandbox.objects('v1', 'Service').flatMap((service): readonly Promised[] => {
    const { namespace = '' } = service.metadata;
    const selector = fieldsAt(service, 'spec', 'selector');
    if (Object.keys(selector).length === 0) return [];
    const find = () =>
      [...sandbox.objects('apps/v1', 'Deployment', namespace), ...sandbox.objects('apps/v1', 'StatefulSet', namespace)].filter(
        (workload) => hasLabels(fieldsAt(workload, 'spec', 'template', 'metadata', 'labels'), selector),
      );
    const before = new Map(find().map((workload) => [workload.metadata.name, replicasOf(workload)]));
    if (before.size === 0) return [];
    const least = () =>
      find().reduce((sum, workload) => {
        // Pods that a change adds do not count as missing before they exist.
        const replicas = Math.min(replicasOf(workload), before.get(workload.metadata.name) ?? 0);
        return sum + leastOf(promiser, sandbox, workload, replicas);
      }, 0);
    const pods = () =>
      sandbox.objects('v1', 'Pod', namespace).filter((pod) => isAvailable(pod) && hasLabels(labelsOf(pod), selector)).length;
    return [{ service: `Service/${service.metadata.name}`, pods, least }];
  });
}

/** Minimum number of a workload's pods. At least one, because a Service without pods does not serve. */
function leastOf(promiser: Promiser, sandbox: Sandbox, workload: KubeObject, replicas: number): number {
  if (replicas === 0) return 0;
  // A single pod with an identity cannot exist twice: it is unavailable while it moves.
  if (workload.kind === 'StatefulSet' && replicas === 1) return 0;
  const promised = promiser === 'strategy' ? byStrategy(workload, replicas) : byBudget(sandbox, workload, replicas);
  return Math.max(1, promised);
}

function byStrategy(workload: KubeObject, replicas: number): number {
  if (workload.kind === 'StatefulSet') return replicas - 1;
  if (textAt(workload, 'spec', 'strategy', 'type') === 'Recreate') return 1;
  return replicas - countOf(at(workload, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%', replicas, Math.floor);
}

function byBudget(sandbox: Sandbox, workload: KubeObject, replicas: number): number {
  const labels = fieldsAt(workload, 'spec', 'template', 'metadata', 'labels');
  const budgets = budgetsFor(sandbox, workload.metadata.namespace ?? '', labels);
  return Math.max(0, ...budgets.map((budget) => desiredHealthy(budget, replicas)));
}

/** PodDisruptionBudgets that select pods with these labels. */
export function budgetsFor(sandbox: Sandbox, namespace: string, labels: unknown): readonly KubeObject[] {
  return sandbox
    .objects('policy/v1', 'PodDisruptionBudget', namespace)
    .filter((budget) => hasLabels(fieldsAt(labels), fieldsAt(budget, 'spec', 'selector', 'matchLabels')));
}

/** Number of pods that a budget keeps healthy. */
export function desiredHealthy(budget: KubeObject, pods: number): number {
  const minAvailable = at(budget, 'spec', 'minAvailable');
  if (minAvailable !== undefined) return countOf(minAvailable, pods, Math.ceil);
  return pods - countOf(at(budget, 'spec', 'maxUnavailable') ?? 0, pods, Math.ceil);
}

function countOf(value: unknown, total: number, round: (share: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(String(value), 10) / 100) * total);
}

const replicasOf = (workload: KubeObject): number => numberAt(workload, 'spec', 'replicas') ?? 1;

/** Labels of an object as fields. */
export const labelsOf = (object: KubeObject) => fieldsAt(object, 'metadata', 'labels');

/** Whether a Service would route requests to this pod. */
export function isAvailable(pod: KubeObject): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  const ready = listAt(pod, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'Ready');
  return textAt(ready, 'status') === 'True';
}
