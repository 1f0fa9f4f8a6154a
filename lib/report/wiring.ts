import { addressesOf, serviceOf } from '../checks/inventory/addresses';
import { Inventory, itemsAt, namespaceOf, type Workload } from '../checks/inventory/inventory';
import { scaleTargetOf } from '../kube/autoscaler';
import { GATE_ANNOTATION, VALIDATES_ANNOTATION } from '../kube/contract';
import { at, type Fields, numberAt, textAt } from '../kube/fields';
import { stableName } from '../kube/flatten';
import { displayName, type KubeObject } from '../kube/object';
import { matchesSelector } from '../kube/selector';

/**
 * Role of a node in a stack.
 * - `workload`: an object that creates pods
 * - `gate`: a Job that must pass before a release continues
 * - `entry`: a host for external access to the stack
 * - `external`: a called host outside these manifests
 */
export type WiringRole = 'workload' | 'gate' | 'entry' | 'external';

/** One node of the graph. */
export interface WiringNode {
  /** `Deployment/fraud-model`, with the namespace as prefix if there are several; for hosts, the host name. */
  readonly id: string;
  readonly name: string;
  readonly role: WiringRole;
  /** `model-server, 3–15 replicas`. */
  readonly about: string;
  /** Other namespaces that its NetworkPolicies allow. */
  readonly opensTo: readonly string[];
}

/** A connection: caller, callee, and where it is defined. */
export interface WiringEdge {
  readonly from: string;
  readonly to: string;
  /** `FEATURE_SERVER_URL`, `Ingress/fraud-model`, `validates`, `network policy`; sorted. */
  readonly by: readonly string[];
}

/** Component graph of manifests. */
export interface Wiring {
  readonly nodes: readonly WiringNode[];
  readonly edges: readonly WiringEdge[];
}

/**
 * Builds the component graph of manifests from any tool: from addresses in environments and arguments, Ingresses, the targets of
 * gates, and NetworkPolicies between pods. Pure; sorted, so that the order of the objects does not matter.
 */
export function wiring(objects: readonly KubeObject[]): Wiring {
  const all = new Inventory(objects);
  const nodes = new Map<string, WiringNode>();
  const edges = new Map<string, { readonly from: string; readonly to: string; readonly by: Set<string> }>();
  const idOf = idsOf(all);
  const names = namesOf(all);
  const connect = (from: string, to: string, by: string): void => {
    if (from === to) return;
    const edge = edges.get(`${from} ${to}`) ?? { from, to, by: new Set<string>() };
    edges.set(`${from} ${to}`, edge);
    edge.by.add(by);
  };
  const host = (name: string, role: 'entry' | 'external', about: string): string => {
    if (!nodes.has(name)) nodes.set(name, { id: name, name, role, about, opensTo: [] });
    return name;
  };
  const behind = (namespace: string, service: string | undefined): readonly Workload[] => {
    const found = service === undefined ? undefined : all.find('Service', namespace, service);
    return found === undefined || at(found, 'spec', 'selector') === undefined
      ? []
      : all.selected(namespace, { matchLabels: at(found, 'spec', 'selector') }).filter(({ serves }) => serves);
  };
  for (const one of all.workloads) nodes.set(idOf(one), { id: idOf(one), name: names(one), ...factsOf(one, names(one), all) });
  for (const address of addressesOf(all)) {
    if (address.host === 'localhost' || address.host.startsWith('127.')) continue;
    const service = serviceOf(address);
    const targets = service === undefined ? [] : behind(service.namespace, service.name);
    const by = /env\[name=([^\]]+)\]/.exec(address.path)?.[1] ?? 'argument';
    const ids = targets.length > 0 ? targets.map(idOf) : [host(address.host, 'external', 'runs elsewhere')];
    for (const id of ids) connect(idOf(address.workload), id, by);
  }
  for (const ingress of all.ofKind('Ingress')) {
    for (const rule of itemsAt(ingress, 'spec', 'rules')) {
      for (const path of itemsAt(rule, 'http', 'paths')) {
        for (const one of behind(namespaceOf(ingress), textAt(path, 'backend', 'service', 'name')))
          connect(host(textAt(rule, 'host') ?? 'any host', 'entry', 'from outside'), idOf(one), displayName(ingress));
      }
    }
  }
  for (const one of all.workloads) {
    const [kind = '', name = ''] = one.object.metadata.annotations?.[VALIDATES_ANNOTATION]?.split('/') ?? [];
    const target = all.workload(kind, one.namespace, name);
    if (target !== undefined) connect(idOf(one), idOf(target), 'validates');
  }
  for (const [from, to] of namedByPolicies(all)) connect(idOf(from), idOf(to), 'network policy');
  return {
    nodes: [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    edges: [...edges.values()]
      .map(({ from, to, by }) => ({ from, to, by: [...by].sort() }))
      .sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1)),
  };
}

/** Names of the workloads, with the namespace if there are several. */
function idsOf(all: Inventory): (one: Workload) => string {
  const several = new Set(all.workloads.map(({ namespace }) => namespace)).size > 1;
  return ({ object, namespace }) => `${several ? `${namespace}/` : ''}${displayName(object)}`;
}

/** Short names: the label's value, if it is unique to one workload. */
function namesOf(all: Inventory): (one: Workload) => string {
  const labelled = ({ labels }: Workload) => textAt(labels, 'app.kubernetes.io/name');
  const amounts = new Map<string | undefined, number>();
  for (const one of all.workloads) amounts.set(labelled(one), (amounts.get(labelled(one)) ?? 0) + 1);
  return (one) => (amounts.get(labelled(one)) === 1 ? labelled(one) : undefined) ?? stableName(one.object.metadata.name);
}

function factsOf(
  { object, namespace, labels }: Workload,
  name: string,
  all: Inventory,
): Pick<WiringNode, 'role' | 'about' | 'opensTo'> {
  const { annotations = {} } = object.metadata;
  const gate = annotations[GATE_ANNOTATION] ?? annotations['helm.sh/hook'];
  const component = textAt(labels, 'app.kubernetes.io/component');
  const kind = component === undefined || component === name ? object.kind : component;
  const about = gate === undefined ? [kind, ...replicasOf(object, namespace, all)] : ['gate', gate];
  const open = policiesFor(all, namespace, labels)
    .flatMap((policy) => itemsAt(policy, 'spec', 'ingress'))
    .flatMap((rule) => itemsAt(rule, 'from'))
    .flatMap((peer) => textAt(peer, 'namespaceSelector', 'matchLabels', 'kubernetes.io/metadata.name') ?? []);
  return {
    role: gate === undefined ? 'workload' : 'gate',
    about: about.join(', '),
    opensTo: [...new Set(open)].filter((one) => one !== namespace).sort(),
  };
}

function policiesFor(all: Inventory, namespace: string, labels: Fields): readonly KubeObject[] {
  return all
    .ofKind('NetworkPolicy')
    .filter((one) => namespaceOf(one) === namespace && matchesSelector(labels, at(one, 'spec', 'podSelector')));
}

/**
 * Pairs of caller and callee that a policy names on either side. A selector with several matches is a group, not a connection.
 */
function namedByPolicies(all: Inventory): readonly (readonly [caller: Workload, callee: Workload])[] {
  return all.ofKind('NetworkPolicy').flatMap((policy) => {
    const only = (selector: unknown) => {
      const found = all.selected(namespaceOf(policy), selector);
      return found.length === 1 ? found : [];
    };
    const peers = (side: 'ingress' | 'egress', field: 'from' | 'to') =>
      itemsAt(policy, 'spec', side)
        .flatMap((rule) => itemsAt(rule, field))
        .flatMap((peer) =>
          peer.namespaceSelector === undefined && peer.podSelector !== undefined ? only(peer.podSelector) : [],
        );
    return only(at(policy, 'spec', 'podSelector')).flatMap((self) => [
      ...peers('ingress', 'from').map((peer) => [peer, self] as const),
      ...peers('egress', 'to').map((peer) => [self, peer] as const),
    ]);
  });
}

function replicasOf(object: KubeObject, namespace: string, all: Inventory): readonly string[] {
  const scaler = all.autoscalers.find((one) => {
    const target = scaleTargetOf(one);
    return namespaceOf(one) === namespace && target?.kind === object.kind && target.name === object.metadata.name;
  });
  if (scaler?.kind === 'ScaledObject')
    return [`${numberAt(scaler, 'spec', 'minReplicaCount') ?? 0}–${numberAt(scaler, 'spec', 'maxReplicaCount') ?? 100} replicas`];
  if (scaler !== undefined)
    return [`${numberAt(scaler, 'spec', 'minReplicas') ?? 1}–${at(scaler, 'spec', 'maxReplicas')} replicas`];
  const fixed = numberAt(object, 'spec', 'replicas');
  return fixed === undefined ? [] : [`${fixed} replica${fixed === 1 ? '' : 's'}`];
}
