import { at, fieldsAt, isFields, listAt, numberAt, textAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';
import { podTemplatesOf } from '../kube/pod-spec';
import type { Amounts } from '../kube/quantity';
import { requestsOf } from '../kube/rollout';
import { DEFAULT_NODES, type NodeSpec } from '../sandbox';

/** Minimum number of devices per node. */
const DEVICES = 8;
const GI = 2 ** 30;
/** Of 110 pods of a node; the rest is for gate Jobs and candidates. */
const PODS_PER_NODE = 100;

/**
 * Nodes with enough room for the pods of these objects, all at once and during an update, even if each pod of a workload needs its
 * own node: the default nodes and more, plus as many for every other node selector and for every kind of device that a pod requests.
 */
export function nodesFor(objects: readonly KubeObject[]): readonly NodeSpec[] {
  const templates = objects.flatMap((object) =>
    podTemplatesOf(object).map(({ spec }) => ({ spec, requests: requestsOf(spec), pods: podsOf(object) })),
  );
  const wanted = templates.map(({ spec, requests }) => ({ labels: labelsFor(spec), devices: devicesFor(requests) }));
  const special = wanted.filter(({ labels, devices }) => Object.keys({ ...labels, ...devices }).length > 0);
  const distinct = [...new Map(special.map((one) => [JSON.stringify(one), one])).values()];
  const most = (resource: string) => templates.reduce((top, { requests }) => Math.max(top, requests[resource] ?? 0), 0);
  const cores = Math.max(64, 2 * Math.ceil(most('cpu')));
  const gigabytes = Math.max(512, 2 * Math.ceil(most('memory') / GI));
  const size = { cpu: String(cores), memory: `${gigabytes}Gi` };
  // During an update, old and new pods run together.
  const sum = (each: (requests: Amounts) => number) =>
    templates.reduce((total, { pods, requests }) => total + 2 * pods * each(requests), 0);
  const together = Math.max(
    sum(() => 1) / PODS_PER_NODE,
    sum(({ cpu = 0 }) => cpu) / cores,
    sum(({ memory = 0 }) => memory) / (gigabytes * GI),
  );
  const apart = objects.reduce((top, object) => Math.max(top, podsOf(object)), 3);
  // One for a surge, and one that may be drained.
  const count = Math.max(apart, Math.ceil(together)) + 2;
  const pool = (prefix: string, more: Partial<NodeSpec>): readonly NodeSpec[] =>
    Array.from({ length: count }, (_, i) => ({ name: `${prefix}-${i + 1}`, ...size, zone: `zone-${i % 3}`, ...more }));
  const cpu = pool('cpu', {}).filter(({ name }) => DEFAULT_NODES.every((node) => node.name !== name));
  const pools = distinct.flatMap(({ labels, devices }, i) => {
    return pool(`pool-${i + 1}`, Object.keys(devices).length === 0 ? { gpus: DEVICES, labels } : { devices, labels });
  });
  return [...DEFAULT_NODES, ...cpu, ...pools];
}

/** The pods that an object asks for, as a workload or through its autoscaler. */
const podsOf = (object: KubeObject): number =>
  numberAt(object, 'spec', 'replicas') ?? numberAt(object, 'spec', 'minReplicas') ?? 1;

/** Node labels that satisfy a pod's selector and the first term of its required affinity. */
function labelsFor(spec: unknown): Readonly<Record<string, string>> {
  const selector = Object.entries(fieldsAt(spec, 'nodeSelector'));
  const affinity = at(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  const [term] = listAt(affinity, 'nodeSelectorTerms');
  const expressions = listAt(term, 'matchExpressions').filter(isFields);
  const required = expressions.flatMap((expression): [string, unknown][] => {
    const [key, [value = 'true']] = [textAt(expression, 'key') ?? '', listAt(expression, 'values')];
    return expression.operator === 'In' || expression.operator === 'Exists' ? [[key, value]] : [];
  });
  return Object.fromEntries(
    [...selector, ...required].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** The devices and huge pages that a pod requests, at least as many as a default node has devices. */
function devicesFor(requests: Amounts): Readonly<Record<string, number>> {
  const devices = Object.entries(requests).filter(
    ([name, amount]) => (name.includes('/') || name.startsWith('hugepages-')) && amount > 0,
  );
  return Object.fromEntries(devices.map(([name, amount]) => [name, Math.max(DEVICES, amount)]));
}
