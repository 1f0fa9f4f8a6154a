import { type Fields, fieldsAt, listAt, textAt } from './fields';
import { hasLabels, matchesExpressions } from './selector';

/** A node as returned by the API. */
export type NodeFacts = Fields;

/** Declared nodes in the API's form. Undeclared properties are unknown and impose no limit. */
export function nodesOf(pools: readonly NodePool[]): readonly NodeFacts[] {
  return pools.flatMap(({ count, cpu, memory, gpus = 0, labels, taints }, pool) =>
    Array.from({ length: count }, (_, index): NodeFacts => {
      const name = `pool-${pool}-${index}`;
      const allocatable = {
        ...(cpu === undefined ? {} : { cpu: String(cpu) }),
        ...(memory === undefined ? {} : { memory }),
        'nvidia.com/gpu': String(gpus),
      };
      return {
        metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
        ...(taints === undefined ? {} : { spec: { taints } }),
        status: { allocatable },
      };
    }),
  );
}

/** Whether a node accepts a pod at all: node selector, required node affinity, taints and cordons. */
export function admits(spec: Fields, node: NodeFacts): boolean {
  const labels = fieldsAt(node, 'metadata', 'labels');
  if (!hasLabels(labels, fieldsAt(spec, 'nodeSelector'))) return false;
  const terms = listAt(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  if (terms.length > 0 && !terms.some((term) => matchesExpressions(labels, listAt(term, 'matchExpressions')))) return false;
  const tolerations = listAt(spec, 'tolerations');
  // Clusters can add the toleration of a device's taint (ExtendedResourceToleration): no proof that the pod is rejected.
  const devices = extendedResources(spec);
  return listAt(node, 'spec', 'taints').every(
    (taint) => devices.has(textAt(taint, 'key') ?? '') || tolerates(tolerations, taint),
  );
}

function extendedResources(spec: Fields): ReadonlySet<string> {
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')];
  return new Set(
    containers.flatMap((one) => Object.keys(fieldsAt(one, 'resources', 'limits')).filter((name) => name.includes('/'))),
  );
}

function tolerates(tolerations: readonly unknown[], taint: unknown): boolean {
  const effect = textAt(taint, 'effect');
  if (effect === 'PreferNoSchedule') return true;
  return tolerations.some((one) => {
    const operator = textAt(one, 'operator') ?? 'Equal';
    const sameEffect = (textAt(one, 'effect') ?? '') === '' || textAt(one, 'effect') === effect;
    const key = textAt(one, 'key') ?? '';
    if (!sameEffect || (key === '' ? operator !== 'Exists' : key !== textAt(taint, 'key'))) return false;
    return operator === 'Exists' || (textAt(one, 'value') ?? '') === (textAt(taint, 'value') ?? '');
  });
}

/** A group of identical nodes that an environment declares, to check at synth whether a rollout can finish. */
export interface NodePool {
  /** Number of nodes. */
  readonly count: number;
  /** Allocatable cores per node. */
  readonly cpu?: number;
  /** Allocatable memory per node, such as `'120Gi'`. */
  readonly memory?: string;
  /** GPUs per node. */
  readonly gpus?: number;
  /** Labels of the nodes. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Taints of the nodes; GPU nodes usually have `nvidia.com/gpu`, which servers with GPUs tolerate. @default - none */
  readonly taints?: readonly NodeTaint[];
}

/** A taint that keeps pods away from a node. @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export interface NodeTaint {
  /** Key of the taint, `nvidia.com/gpu`. */
  readonly key: string;
  /** Value of the taint. @default - none */
  readonly value?: string;
  /** Effect on pods that do not tolerate it. */
  readonly effect: 'NoSchedule' | 'NoExecute' | 'PreferNoSchedule';
}
