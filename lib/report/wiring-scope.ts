import type { PlanAction } from '../release';
import type { Wiring } from './wiring';

/** A graph of so many nodes is shown whole. */
const WHOLE = 60;

/** The part of a graph that a page shows. */
export interface ScopedWiring {
  readonly graph: Wiring;
  /** How many nodes are left out. */
  readonly omitted: number;
}

/** Of a large graph only the nodes that a plan changes, and those that they call or that call them. */
export function aroundChanges(graph: Wiring, marks: ReadonlyMap<string, PlanAction>): ScopedWiring {
  if (graph.nodes.length <= WHOLE) return { graph, omitted: 0 };
  const changed = new Set(graph.nodes.map(({ id }) => id).filter((id) => (marks.get(id) ?? 'unchanged') !== 'unchanged'));
  const edges = graph.edges.filter(({ from, to }) => changed.has(from) || changed.has(to));
  const shown = new Set([...changed, ...edges.flatMap(({ from, to }) => [from, to])]);
  const nodes = graph.nodes.filter(({ id }) => shown.has(id));
  return { graph: { nodes, edges }, omitted: graph.nodes.length - nodes.length };
}
