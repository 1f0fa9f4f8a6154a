import type { PlanAction } from '../release';
import type { Wiring } from './wiring';

/** Maximum number of nodes in a complete graph. */
const WHOLE = 60;

/** The displayed part of a graph. */
export interface ScopedWiring {
  readonly graph: Wiring;
  /** Number of omitted nodes. */
  readonly omitted: number;
}

/** Of a large graph, only the nodes that a plan changes, with their callers and callees. */
export function aroundChanges(graph: Wiring, marks: ReadonlyMap<string, PlanAction>): ScopedWiring {
  if (graph.nodes.length <= WHOLE) return { graph, omitted: 0 };
  const changed = new Set(graph.nodes.map(({ id }) => id).filter((id) => (marks.get(id) ?? 'unchanged') !== 'unchanged'));
  const edges = graph.edges.filter(({ from, to }) => changed.has(from) || changed.has(to));
  const shown = new Set([...changed, ...edges.flatMap(({ from, to }) => [from, to])]);
  const nodes = graph.nodes.filter(({ id }) => shown.has(id));
  return { graph: { nodes, edges }, omitted: graph.nodes.length - nodes.length };
}
