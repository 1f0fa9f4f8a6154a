import { objAt, objsAt, textsAt } from '../../api-schema/json';
import { matchSelector } from '../../api-schema/selectors';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { quantityValue } from '../../kube/quantity';

/** Resources that a pod needs on a node, including the slot for the pod itself. */
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

/** Load of a node. */
export interface Load {
  /** Number of pods. */
  readonly pods: number;
  /** Sum of their requests, by resource. */
  readonly used: ReadonlyMap<string, number>;
}

/** Effects of scheduled pods on a pending one. */
export interface Neighbors {
  /** Number of pods that a term of this pod selects, by domain of its topology key. */
  near(pod: Obj, term: Obj): ReadonlyMap<string, number>;
  /** Terms of other pods that keep this one out of a domain, with the domain. */
  guards(pod: Obj): readonly (readonly [term: Obj, domain: string])[];
}

/** A cluster without pods. */
export const NO_LOAD: Load = { pods: 0, used: new Map() };
export const NO_NEIGHBORS: Neighbors = { near: () => new Map(), guards: () => [] };

/** Why a pod cannot run on a node, in the scheduler's words; undefined if it can. */
export function misfit(pod: Obj, node: Obj, { used }: Load, neighbors: Neighbors): string | undefined {
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
  if (breaksAntiAffinity(pod, labels, neighbors)) return "node(s) didn't match pod anti-affinity rules";
  const allocatable = textsAt(node, 'status', 'allocatable');
  for (const [name, amount] of demandOf(pod)) {
    // Repeatedly added and subtracted fractions are not exact.
    if (amount + (used.get(name) ?? 0) > quantityValue(allocatable[name]) * (1 + 1e-9))
      return name === 'pods' ? 'Too many pods' : `Insufficient ${name}`;
  }
  return undefined;
}

/** Whether a pod tolerates a taint. */
function tolerates(pod: Obj, taint: Obj): boolean {
  return objsAt(pod, 'spec', 'tolerations').some((toleration) => {
    if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
    if (toleration.key === undefined) return toleration.operator === 'Exists';
    if (toleration.key !== taint.key) return false;
    return toleration.operator === 'Exists' || textOrEmpty(toleration, 'value') === textOrEmpty(taint, 'value');
  });
}

const ANTI = ['affinity', 'podAntiAffinity'] as const;

function breaksAntiAffinity(pod: Obj, labels: Readonly<Record<string, string>>, neighbors: Neighbors): boolean {
  const isIn = (term: Obj, domains: ReadonlyMap<string, number>) => domains.has(labels[textOrEmpty(term, 'topologyKey')] ?? '');
  return (
    requiredTerms(pod).some((term) => isIn(term, neighbors.near(pod, term))) ||
    neighbors.guards(pod).some(([term, domain]) => labels[textOrEmpty(term, 'topologyKey')] === domain)
  );
}

/** Terms that keep other pods out of a pod's domain, and the pod out of theirs. */
export function requiredTerms(pod: Obj): Obj[] {
  return objsAt(pod, 'spec', ...ANTI, 'requiredDuringSchedulingIgnoredDuringExecution');
}

/** Suitability of a node for a pod: preferences first, then few pods. Higher is better. */
export function score(pod: Obj, node: Obj, { pods }: Load, neighbors: Neighbors): number {
  const labels = textsAt(node, 'metadata', 'labels');
  const near = (term: Obj) => neighbors.near(pod, term).get(labels[textOrEmpty(term, 'topologyKey')] ?? '') ?? 0;
  let points = -pods;
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  for (const entry of objsAt(pod, 'spec', ...ANTI, preferred)) {
    points -= near(objAt(entry, 'podAffinityTerm')) * 100 * (numberAt(entry, 'weight') ?? 1);
  }
  for (const entry of objsAt(pod, 'spec', 'affinity', 'nodeAffinity', preferred)) {
    if (matchSelector(entry.preference)(labels)) points += 100 * (numberAt(entry, 'weight') ?? 1);
  }
  for (const constraint of objsAt(pod, 'spec', 'topologySpreadConstraints')) points -= 50 * near(constraint);
  return points;
}
