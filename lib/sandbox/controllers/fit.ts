import { objAt, objsAt, textsAt } from '../../api-schema/json';
import { matchSelector } from '../../api-schema/selectors';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { quantityValue } from '../../kube/quantity';
import { hasEnded } from './pods';

/** What a pod needs of a node, pods included. */
export function demandOf(pod: Obj): Map<string, number> {
  const demand = new Map([['pods', 1]]);
  const add = (container: Obj, most: boolean) => {
    for (const [name, value] of Object.entries(textsAt(container, 'resources', 'requests'))) {
      const amount = quantityValue(value);
      const known = demand.get(name) ?? 0;
      demand.set(name, most ? Math.max(known, amount) : known + amount);
    }
  };
  for (const container of objsAt(pod, 'spec', 'containers')) add(container, false);
  for (const container of objsAt(pod, 'spec', 'initContainers')) add(container, true);
  return demand;
}

/** Why a pod cannot run on a node, in the scheduler's words; nothing when it can. */
export function misfit(
  pod: Obj,
  node: Obj,
  onNode: readonly Obj[],
  all: readonly Obj[],
  nodes: readonly Obj[],
): string | undefined {
  if (objAt(node, 'spec').unschedulable === true) return 'node(s) were unschedulable';
  const labels = textsAt(node, 'metadata', 'labels');
  const selector = Object.entries(textsAt(pod, 'spec', 'nodeSelector'));
  const required = objsAt(
    pod,
    'spec',
    'affinity',
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  );
  const chosen = selector.every(([key, value]) => labels[key] === value);
  if (!chosen || (required.length > 0 && !required.some((term) => matchSelector(term)(labels))))
    return "node(s) didn't match Pod's node affinity/selector";
  for (const taint of objsAt(node, 'spec', 'taints')) {
    if (taint.effect !== 'PreferNoSchedule' && !tolerates(pod, taint)) return `node(s) had untolerated taint(s)`;
  }
  if (breaksAntiAffinity(pod, node, all, nodes)) return "node(s) didn't match pod anti-affinity rules";
  const allocatable = textsAt(node, 'status', 'allocatable');
  const used = new Map<string, number>();
  for (const other of onNode) for (const [name, amount] of demandOf(other)) used.set(name, (used.get(name) ?? 0) + amount);
  for (const [name, amount] of demandOf(pod)) {
    if (amount + (used.get(name) ?? 0) > quantityValue(allocatable[name]))
      return name === 'pods' ? 'Too many pods' : `Insufficient ${name}`;
  }
  return undefined;
}

/** Whether a pod tolerates a taint. */
export function tolerates(pod: Obj, taint: Obj): boolean {
  return objsAt(pod, 'spec', 'tolerations').some((toleration) => {
    if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
    if (toleration.key === undefined) return toleration.operator === 'Exists';
    if (toleration.key !== taint.key) return false;
    return toleration.operator === 'Exists' || textOrEmpty(toleration, 'value') === textOrEmpty(taint, 'value');
  });
}

const ANTI = ['affinity', 'podAntiAffinity'] as const;

function breaksAntiAffinity(pod: Obj, node: Obj, all: readonly Obj[], nodes: readonly Obj[]): boolean {
  const required = (who: Obj) => objsAt(who, 'spec', ...ANTI, 'requiredDuringSchedulingIgnoredDuringExecution');
  return all.some((other) => {
    if (hasEnded(other)) return false;
    return (
      required(pod).some((term) => repels(term, pod, other, node, nodes)) ||
      required(other).some((term) => repels(term, other, pod, node, nodes, other))
    );
  });
}

/** Whether `term` of `who` keeps `whom` out of the topology domain that the node shares with the placed one of the two. */
function repels(term: Obj, who: Obj, whom: Obj, node: Obj, nodes: readonly Obj[], placed: Obj = whom): boolean {
  if (textOrEmpty(who, 'metadata', 'namespace') !== textOrEmpty(whom, 'metadata', 'namespace')) return false;
  if (!matchSelector(term.labelSelector)(textsAt(whom, 'metadata', 'labels'))) return false;
  const key = textOrEmpty(term, 'topologyKey');
  const home = nodes.find((candidate) => textOrEmpty(candidate, 'metadata', 'name') === textOrEmpty(placed, 'spec', 'nodeName'));
  const domain = textsAt(home, 'metadata', 'labels')[key];
  return domain !== undefined && textsAt(node, 'metadata', 'labels')[key] === domain;
}

/** How well a node suits a pod: preferences first, then few pods. Higher is better. */
export function score(pod: Obj, node: Obj, onNode: readonly Obj[], all: readonly Obj[], nodes: readonly Obj[]): number {
  let points = -onNode.length;
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  for (const entry of objsAt(pod, 'spec', ...ANTI, preferred)) {
    const term = objAt(entry, 'podAffinityTerm');
    const near = all.filter((other) => !hasEnded(other) && repels(term, pod, other, node, nodes)).length;
    points -= near * 100 * (numberAt(entry, 'weight') ?? 1);
  }
  for (const entry of objsAt(pod, 'spec', 'affinity', 'nodeAffinity', preferred)) {
    if (matchSelector(entry.preference)(textsAt(node, 'metadata', 'labels'))) points += 100 * (numberAt(entry, 'weight') ?? 1);
  }
  for (const constraint of objsAt(pod, 'spec', 'topologySpreadConstraints')) {
    points -= 50 * all.filter((other) => !hasEnded(other) && repels(constraint, pod, other, node, nodes)).length;
  }
  return points;
}
