import type { Flag } from './flags';
import type { Runtime, ServerFacts } from './runtime';

/** Replicas of one server, and who distributes requests over them. */
interface Replicas {
  readonly dataParallelSize?: number;
  readonly dataParallelLoadBalancing?: 'internal' | 'hybrid';
}

/** Flags that a group of nodes sets. */
export const GROUP_FLAGS: readonly Flag[] = [
  ...['--nnodes', '--node-rank', '--master-addr', '--headless'].map((flag) => ({ flag, value: undefined, option: 'nodes' })),
  ...['--data-parallel-address', '--data-parallel-size-local', '--data-parallel-start-rank', '--data-parallel-hybrid-lb'].map(
    (flag) => ({ flag, value: undefined, option: 'dataParallelLoadBalancing' }),
  ),
];

/**
 * Arguments for a group of nodes without Ray. The first pod receives requests, and the others only compute, unless each of them has
 * replicas of its own to distribute requests over. vLLM derives the first of these replicas from the node's rank.
 */
export function groupArgs({ dataParallelSize = 1, dataParallelLoadBalancing }: Replicas, { group, nodes }: ServerFacts) {
  if (group === undefined) return [];
  const common = ['--nnodes', group.size, '--node-rank', group.rank, '--master-addr', group.leader];
  if (dataParallelLoadBalancing === 'hybrid') {
    const local = ['--data-parallel-address', group.leader, '--data-parallel-size-local', String(dataParallelSize / nodes)];
    return [...common, ...local, '--data-parallel-hybrid-lb'];
  }
  return group.part === 'worker' ? [...common, '--headless'] : common;
}

/** Which pods of a group receive requests, and what the group must be for that. */
export function loadBalancingFacts(options: Replicas): Pick<Runtime, 'groupServes' | 'replicas'> {
  if (options.dataParallelLoadBalancing !== 'hybrid') return {};
  return { groupServes: 'all', replicas: options.dataParallelSize ?? 1 };
}
