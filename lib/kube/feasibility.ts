import type { Problem } from '../errors/problem';
import { at, type Fields, fieldsAt, listAt, textAt } from './fields';
import { admits, type NodeFacts } from './nodes';
import { type Amounts, amountsOf, formatQuantity } from './quantity';
import { type Rollout, requestsOf } from './rollout';
import { matchesSelector } from './selector';

/** A pod that uses resources on a node, or keeps other pods off it, as returned by the API. */
export type PodFacts = Fields;

/** The cluster for a rollout: the declared nodes, or the live ones with their pods. */
export interface ClusterState {
  readonly nodes: readonly NodeFacts[];
  /** Pods on the nodes. @default none: the nodes are only for these rollouts */
  readonly pods?: readonly PodFacts[];
  /** Resources to count. @default all that nodes declare; live clusters overcommit, so there only devices */
  readonly counted?: (resource: string) => boolean;
}

/**
 * Rollouts that can never finish on these nodes, each with the smallest changes that fix it. Every result is proven: a rollout is
 * refused only when even an empty scheduler could not place its pods, never because packing looks hard.
 */
export function infeasibleRollouts(rollouts: readonly Rollout[], state: ClusterState): readonly Problem[] {
  const each = rollouts.flatMap((rollout) => infeasible(rollout, state) ?? []);
  return each.length > 0 || state.pods !== undefined ? each : together(rollouts, state);
}

/** Checks one rollout by itself. Undefined when it can finish, as far as this can determine. */
export function infeasible(rollout: Rollout, state: ClusterState): Problem | undefined {
  if (rollout.extra === 0) return undefined;
  const admitting = state.nodes.filter((node) => admits(rollout.spec, node));
  const { subject, extra } = rollout;
  const base = { code: 'ROLLOUT_INFEASIBLE', subject } as const;
  if (admitting.length === 0) {
    const remedy = 'Compare nodeSelector, affinity and tolerations with the nodes, or declare such nodes.';
    return { ...base, message: 'no node would take its pods', got: `${state.nodes.length} nodes`, remedy };
  }
  const one = capacity(rollout, admitting, { nodes: state.nodes });
  const places = capacity(rollout, admitting, state);
  // Pods that may preempt others can make room among the existing ones.
  const preempts = state.pods !== undefined && rollout.spec.priorityClassName !== undefined;
  if (one > 0 && (places >= extra || preempts)) return undefined;
  if (one === 0) {
    const lacking = lackingOn(rollout.requests, admitting, { nodes: state.nodes });
    const remedy = `Request less ${lacking}, or add a larger node.`;
    return { ...base, message: `a pod requests more ${lacking} than any node has`, got: `${admitting.length} nodes`, remedy };
  }
  const domain = ownDomain(rollout);
  const why =
    domain === undefined
      ? 'its pods do not fit on the nodes'
      : `required anti-affinity gives each pod a ${nameOf(domain)} of its own`;
  const got = `${extra} pods at its worst moment (${rollout.replicas}${rollout.surge > 0 ? ` + ${rollout.surge} surge` : ''}), room for ${places}`;
  return {
    ...base,
    message: why,
    got,
    expected: `room for ${extra}`,
    remedy: remedies(rollout, admitting, state, places, domain),
  };
}

const nameOf = (topologyKey: string) => (topologyKey === 'kubernetes.io/hostname' ? 'node' : topologyKey);

/** The smallest changes, each sufficient on its own. Each is tested before it is suggested. */
function remedies(
  rollout: Rollout,
  nodes: readonly NodeFacts[],
  state: ClusterState,
  places: number,
  domain: string | undefined,
): string {
  const { replicas, surge, extra } = rollout;
  const offers: string[] = [];
  const withoutSurge = { ...rollout, extra: extra - surge, surge: 0 };
  if (surge > 0 && places >= withoutSurge.extra) offers.push('set maxSurge: 0 and maxUnavailable: 1');
  const soft = { ...rollout, spec: { ...rollout.spec, affinity: {} } };
  if (domain !== undefined && capacity(soft, nodes, state) >= extra) offers.push('make the anti-affinity preferred');
  const fewer = replicas - (extra - places);
  if (fewer >= 1) offers.push(`ask for at most ${fewer} pods instead of ${replicas}`);
  const template = nodes.reduce((best, node) =>
    room(rollout.requests, node, [], state) > room(rollout.requests, best, [], state) ? node : best,
  );
  const perNode = domain === undefined ? room(rollout.requests, template, [], state) : 1;
  const missing = Math.ceil((extra - places) / Math.max(1, perNode));
  offers.push(`add ${missing} ${missing === 1 ? 'node' : 'nodes'}`);
  const [first = '', ...rest] = offers;
  return `${[first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(', or ')}.`;
}

/** How many such pods fit on the nodes, in addition to existing pods. */
function capacity(rollout: Rollout, nodes: readonly NodeFacts[], state: ClusterState): number {
  const pods = state.pods ?? [];
  const on = (node: NodeFacts) => pods.filter((pod) => textAt(pod, 'spec', 'nodeName') === textAt(node, 'metadata', 'name'));
  const domain = ownDomain(rollout);
  if (domain === undefined) return nodes.reduce((sum, node) => sum + room(rollout.requests, node, on(node), state), 0);
  const taken = new Set(
    state.nodes.flatMap((node) => (on(node).some((pod) => repels(rollout, pod)) ? domainOf(node, domain) : [])),
  );
  const free = nodes
    .filter((node) => room(rollout.requests, node, on(node), state) > 0)
    .flatMap((node) => domainOf(node, domain));
  return new Set(free.filter((one) => !taken.has(one))).size;
}

const domainOf = (node: NodeFacts, key: string) => textAt(node, 'metadata', 'labels', key) ?? [];

/** The number of pods of one shape that fit on a node. Resources that the node does not declare are no limit. */
function room(requests: Amounts, node: NodeFacts, pods: readonly PodFacts[], { counted = () => true }: ClusterState): number {
  const there = amountsOf(fieldsAt(node, 'status', 'allocatable'));
  const taken = pods.map((pod) => requestsOf(fieldsAt(pod, 'spec')));
  const rooms = Object.entries(requests).flatMap(([name, each]) => {
    const all = there[name] ?? (name.includes('/') ? 0 : undefined);
    if (all === undefined || each <= 0 || !counted(name)) return [];
    return Math.floor((all - taken.reduce((sum, one) => sum + (one[name] ?? 0), 0)) / each + 1e-9);
  });
  return Math.max(0, Math.min(1000, ...rooms));
}

function lackingOn(requests: Amounts, nodes: readonly NodeFacts[], state: ClusterState): string {
  const names = Object.entries(requests).filter(([name, each]) =>
    nodes.every((node) => room({ [name]: each }, node, [], state) === 0),
  );
  return names.map(([name]) => name).join(' and ') || 'of everything together';
}

/** The topology where no two of its own pods may meet, if required. With matchLabelKeys, old and new pods ignore each other. */
function ownDomain({ spec, labels }: Rollout): string | undefined {
  const terms = listAt(spec, 'affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  const term = terms.find((one) => {
    const elsewhere = listAt(one, 'namespaces').length > 0 || at(one, 'namespaceSelector') !== undefined;
    return !elsewhere && listAt(one, 'matchLabelKeys').length === 0 && matchesSelector(labels, at(one, 'labelSelector'));
  });
  return textAt(term, 'topologyKey');
}

/** Whether an existing pod keeps the rollout's pods out of its domain. */
function repels(rollout: Rollout, pod: PodFacts): boolean {
  const terms = listAt(rollout.spec, 'affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  const here = textAt(pod, 'metadata', 'namespace') === rollout.namespace;
  return here && terms.some((term) => matchesSelector(fieldsAt(pod, 'metadata', 'labels'), at(term, 'labelSelector')));
}

/** All rollouts at once: their total requests against the total of the nodes. */
function together(rollouts: readonly Rollout[], { nodes, counted = () => true }: ClusterState): readonly Problem[] {
  const names = new Set(rollouts.flatMap(({ requests }) => Object.keys(requests)));
  return [...names].flatMap((name): readonly Problem[] => {
    const there = nodes.map((node) => amountsOf(fieldsAt(node, 'status', 'allocatable'))[name]);
    if (!counted(name) || there.includes(undefined)) return [];
    const has = there.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
    const using = rollouts.filter(({ requests }) => (requests[name] ?? 0) > 0);
    // They need not all be replaced at the same time: only the largest surge counts.
    const surges = using.map(({ surge, requests }) => surge * (requests[name] ?? 0));
    const needs =
      using.reduce((sum, { replicas, requests }) => sum + replicas * (requests[name] ?? 0), 0) + Math.max(0, ...surges);
    if (needs <= has) return [];
    const short = needs - has;
    const message = `together they request more ${name} than all nodes have`;
    const remedy = `Add nodes with ${formatQuantity(short)} ${name}, or take as much away from the largest of them.`;
    return [
      {
        code: 'ROLLOUT_INFEASIBLE',
        subject: using.map(({ subject }) => subject).join(', '),
        message,
        got: formatQuantity(needs),
        expected: `at most ${formatQuantity(has)}`,
        remedy,
      },
    ];
  });
}
