import type { Problem } from '../errors/problem';
import { matchesExpressions, matchesSelector } from '../kube/selector';
import type { Demand } from './demand';
import { at, type Fields, fieldsAt, listAt, textAt } from './json';
import { type Quantities, quantitiesOf } from './quantity';

/** A node as the scheduler sees it. Plain objects as the API gives them. */
export type NodeFacts = Fields;
/** A pod that holds resources on a node, or keeps others off it. */
export type PodFacts = Fields;

/**
 * Whether a scheduler could ever place the pods of a rollout beside those that there are, on the nodes there are. Nothing when it
 * could, as far as this can tell: node selectors, taints, room on a node, required anti-affinity with itself, devices.
 */
export function infeasible(demand: Demand, nodes: readonly NodeFacts[], pods: readonly PodFacts[]): Problem | undefined {
  const { requests, extra, subject } = demand;
  const admitting = nodes.filter((node) => admits(demand.spec, node));
  const eligible = admitting.filter((node) => fits(requests, quantitiesOf(fieldsAt(node, 'status', 'allocatable'))));
  const refuse = (message: string, got: string, remedy: string): Problem => ({
    code: 'ROLLOUT_INFEASIBLE',
    subject,
    message,
    got,
    remedy: `${remedy} If nodes will be added, say so with --ignore-capacity.`,
  });
  if (extra > 0 && admitting.length === 0) {
    return refuse(
      'no node would take its pods',
      `${nodes.length} nodes`,
      'Compare nodeSelector, affinity and tolerations with the nodes.',
    );
  }
  if (extra > 0 && eligible.length === 0) {
    return refuse(
      'its pods are larger than every node that would take them',
      `${admitting.length} nodes`,
      'Request less, or add a larger node.',
    );
  }
  return crowded(demand, eligible, pods, refuse) ?? short(demand, eligible, pods, refuse);
}

type Refuse = (message: string, got: string, remedy: string) => Problem;

/** Required anti-affinity with itself: each pod needs a topology domain of its own, the surge pod too. */
function crowded(demand: Demand, nodes: readonly NodeFacts[], pods: readonly PodFacts[], refuse: Refuse): Problem | undefined {
  const { spec, labels, namespace, replicas, mustSurge } = demand;
  for (const term of listAt(spec, 'affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution')) {
    const selector = fieldsAt(term, 'labelSelector');
    const elsewhere = listAt(term, 'namespaces').length > 0 || at(term, 'namespaceSelector') !== undefined;
    // With matchLabelKeys old and new pods do not see each other.
    if (!matchesSelector(labels, selector) || elsewhere || listAt(term, 'matchLabelKeys').length > 0) continue;
    const key = textAt(term, 'topologyKey') ?? '';
    const domainOf = (node: NodeFacts | undefined) => textAt(node, 'metadata', 'labels', key);
    const domains = new Set(nodes.flatMap((node) => domainOf(node) ?? []));
    for (const pod of pods) {
      const foreign = textAt(pod, 'metadata', 'namespace') === namespace && !isOf(demand, pod);
      if (!foreign || !matchesSelector(fieldsAt(pod, 'metadata', 'labels'), selector)) continue;
      const domain = domainOf(nodes.find((node) => textAt(node, 'metadata', 'name') === textAt(pod, 'spec', 'nodeName')));
      if (domain !== undefined) domains.delete(domain);
    }
    const needed = replicas + (mustSurge ? 1 : 0);
    if (needed <= domains.size) continue;
    const what = key === 'kubernetes.io/hostname' ? 'node' : key;
    const got = `${needed} needed (${replicas} pods${mustSurge ? ' + 1 surge' : ''}), ${domains.size} there`;
    const surge = 'Set maxSurge: 0 and maxUnavailable: 1, make the anti-affinity preferred, or add a node.';
    const remedy = mustSurge ? surge : 'Ask for fewer replicas, make the anti-affinity preferred, or add nodes.';
    return refuse(`required anti-affinity gives every pod a ${what} of its own, and there are too few`, got, remedy);
  }
  return undefined;
}

/** Devices (and, for want of anything finer, all that pods request) that are free on the nodes. */
function short(demand: Demand, nodes: readonly NodeFacts[], pods: readonly PodFacts[], refuse: Refuse): Problem | undefined {
  const { requests, extra, spec, mustSurge } = demand;
  const devices = Object.keys(requests).filter((name) => name.includes('/') && (requests[name] ?? 0) > 0);
  // Who may preempt others, and resources that anybody overcommits, are not for arithmetic.
  if (devices.length === 0 || spec.priorityClassName !== undefined) return undefined;
  for (const name of devices) {
    const each = requests[name] ?? 0;
    const room = nodes.map((node) => {
      const here = pods.filter((pod) => textAt(pod, 'spec', 'nodeName') === textAt(node, 'metadata', 'name'));
      const taken = here.reduce((sum, pod) => sum + requestOf(pod, name), 0);
      return Math.floor(((quantitiesOf(fieldsAt(node, 'status', 'allocatable'))[name] ?? 0) - taken) / each);
    });
    const places = room.reduce((sum, count) => sum + Math.max(0, count), 0);
    if (places >= extra) continue;
    const got = `${extra} more pods of ${each} ${name}, room for ${places}`;
    const surge = 'Set maxSurge: 0 and maxUnavailable: 1, or add a node.';
    return refuse(
      `there is not enough ${name} for it beside what runs`,
      got,
      mustSurge ? surge : 'Ask for fewer replicas, or add a node.',
    );
  }
  return undefined;
}

function requestOf(pod: PodFacts, name: string): number {
  return listAt(pod, 'spec', 'containers').reduce<number>((sum, container) => {
    const resources = {
      ...quantitiesOf(fieldsAt(container, 'resources', 'limits')),
      ...quantitiesOf(fieldsAt(container, 'resources', 'requests')),
    };
    return sum + (resources[name] ?? 0);
  }, 0);
}

/** Whether a pod is one of the workload's own, which the rollout replaces. */
function isOf({ own, namespace }: Demand, pod: PodFacts): boolean {
  const labels = fieldsAt(pod, 'metadata', 'labels');
  return textAt(pod, 'metadata', 'namespace') === namespace && Object.entries(own).every(([key, value]) => labels[key] === value);
}

function fits(requests: Quantities, allocatable: Quantities): boolean {
  return Object.entries(requests).every(([name, amount]) => amount <= (allocatable[name] ?? 0));
}

/** Node selector, required node affinity, taints and cordons. */
function admits(spec: Fields, node: NodeFacts): boolean {
  const labels = fieldsAt(node, 'metadata', 'labels');
  if (!Object.entries(fieldsAt(spec, 'nodeSelector')).every(([key, value]) => labels[key] === value)) return false;
  const required = at(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  const terms = listAt(required, 'nodeSelectorTerms');
  if (required !== undefined && !terms.some((term) => matchesExpressions(labels, listAt(term, 'matchExpressions')))) return false;
  const tolerations = listAt(spec, 'tolerations');
  return listAt(node, 'spec', 'taints').every((taint) => tolerates(tolerations, fieldsAt({ taint }, 'taint')));
}

function tolerates(tolerations: readonly unknown[], taint: Fields): boolean {
  if (taint.effect === 'PreferNoSchedule') return true;
  return tolerations.some((one) => {
    const { key, operator = 'Equal', value, effect } = fieldsAt({ one }, 'one');
    const sameEffect = effect === undefined || effect === '' || effect === taint.effect;
    const sameKey = (key === undefined || key === '') && operator === 'Exists' ? true : key === taint.key;
    return sameEffect && sameKey && (operator === 'Exists' || (value ?? '') === (taint.value ?? ''));
  });
}
