import { ApiError } from '../../client/errors';
import type { Problem } from '../../errors/problem';
import { infeasible, type PodFacts } from '../../kube/feasibility';
import { at, fieldsAt, textAt } from '../../kube/fields';
import type { NodeFacts } from '../../kube/nodes';
import type { KubeObject } from '../../kube/object';
import type { Rollout } from '../../kube/rollout';
import { hasLabels } from '../../kube/selector';
import type { Run } from '../model/engine';
import type { ReleaseOptions } from '../model/options';
import type { Plan } from '../model/plan';
import { autoscalersWithoutMetrics } from './autoscalers';
import { claimsLeft } from './claims';
import { demandsOf, gateDemandsOf } from './demand';
import { missingReferences } from './existence';
import { missingPermissions, needsOf } from './permissions';
import { exceededQuotas } from './quota';
import { wantedOf } from './references';
import { tryPods } from './try-pods';

/** Every foreseeable problem that would stop a release midway. Reads only. */
export async function preflight(
  run: Run,
  planned: Plan,
  options: Pick<ReleaseOptions, 'ignoreCapacity' | 'ignoreMissing'>,
): Promise<readonly Problem[]> {
  const demands = demandsOf(planned);
  const [permissions, quotas, placement, references, claims, pods] = await Promise.all([
    missingPermissions(run.api, needsOf(planned)),
    exceeded(run, demands),
    options.ignoreCapacity === true ? [] : unplaceable(run, [...demands, ...gateDemandsOf(planned)]),
    options.ignoreMissing === true ? { problems: [], warnings: [] } : missingReferences(run, wantedOf(planned)),
    claimsLeft(run, planned),
    tryPods(run, planned),
  ]);
  for (const problem of [...pods.warnings, ...references.warnings, ...claims, ...autoscalersWithoutMetrics(planned)])
    run.emit({ type: 'warning', problem });
  return [...permissions, ...quotas, ...placement, ...references.problems, ...pods.problems];
}

async function exceeded(run: Run, demands: readonly Rollout[]): Promise<readonly Problem[]> {
  const namespaces = [...new Set(demands.filter(({ extra }) => extra > 0).map(({ namespace }) => namespace))];
  const lists = await Promise.all(
    namespaces.map((namespace) => readable(run.api, { apiVersion: 'v1', kind: 'ResourceQuota', namespace })),
  );
  return exceededQuotas(lists.flat(), demands);
}

async function unplaceable(run: Run, demands: readonly Rollout[]): Promise<readonly Problem[]> {
  if (demands.length === 0) return [];
  const nodes = await readable(run.api, { apiVersion: 'v1', kind: 'Node' });
  if (nodes.length === 0) return []; // no permission to list nodes, or all nodes are created on demand
  // Other pods matter only for anti-affinity and devices; a large cluster has many.
  const picky = demands.some(({ spec, requests }) => {
    return at(spec, 'affinity', 'podAntiAffinity') !== undefined || Object.keys(requests).some((name) => name.includes('/'));
  });
  const running = { apiVersion: 'v1', kind: 'Pod', fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' };
  const pods = picky ? await readable(run.api, running) : [];
  return demands.flatMap((demand) => {
    const problem = unfinishable(demand, nodes, pods);
    return problem ? [{ ...problem, remedy: `${problem.remedy} If nodes will be added, say so with --ignore-capacity.` }] : [];
  });
}

/**
 * Whether the peak or the end of a rollout exceeds the room on the nodes. Live clusters overcommit, so only devices are counted.
 */
export function unfinishable(demand: Rollout, nodes: readonly NodeFacts[], pods: readonly PodFacts[]): Problem | undefined {
  const counted = (resource: string) => resource.includes('/');
  const others = pods.filter((pod) => !isOf(demand, pod));
  const end = { ...demand, extra: demand.replicas, surge: 0 };
  return infeasible(demand, { nodes, pods, counted }) ?? infeasible(end, { nodes, pods: others, counted });
}

/** Whether a pod belongs to the workload, so that the rollout replaces it. */
function isOf({ own, namespace }: Rollout, pod: PodFacts): boolean {
  const labels = fieldsAt(pod, 'metadata', 'labels');
  return textAt(pod, 'metadata', 'namespace') === namespace && hasLabels(labels, own);
}

async function readable(api: Run['api'], selector: Parameters<Run['api']['list']>[0]): Promise<readonly KubeObject[]> {
  try {
    return (await api.list(selector)).items;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return [];
    throw error;
  }
}
