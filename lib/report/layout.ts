/** Position of a node: its column's center and its row, both in steps. */
export interface Place {
  readonly x: number;
  readonly row: number;
}

/** Layout of a graph in steps of nodes: callers above callees. */
export interface Layout {
  readonly width: number;
  readonly rows: number;
  readonly places: ReadonlyMap<string, Place>;
  /** For each edge, in order, its intermediate positions: one in each row that it crosses. */
  readonly bends: readonly (readonly Place[])[];
}

type Edge = { readonly from: string; readonly to: string };

/** Maximum width of parts in one line, in steps. */
const WIDEST = 7;
const SWEEPS = 8;

/**
 * Lays out a directed graph in rows, deterministically: unconnected parts next to each other, edges that cross rows routed
 * around nodes (Sugiyama's method: layers, barycenters, alignment). For a few dozen nodes per part.
 */
export function layout(nodes: readonly string[], edges: readonly Edge[]): Layout {
  const places = new Map<string, Place>();
  const bends: (readonly Place[])[] = edges.map(() => []);
  let [left, top, height, width] = [0, 0, 0, 0];
  for (const part of partsOf(nodes, edges)) {
    const inner = edges.flatMap((edge, index) => (part.includes(edge.from) ? [{ ...edge, index }] : []));
    const laid = layoutPart(part, inner);
    if (left > 0 && left + laid.width > WIDEST) [left, top, height] = [0, top + height, 0];
    const moved = ({ x, row }: Place): Place => ({ x: x + left, row: row + top });
    for (const [id, place] of laid.places) places.set(id, moved(place));
    for (const [order, { index }] of inner.entries()) bends[index] = (laid.bends[order] ?? []).map(moved);
    left += laid.width;
    height = Math.max(height, laid.rows);
    width = Math.max(width, left);
  }
  return { width, rows: top + height, places, bends };
}

/** Connected parts, largest first. */
function partsOf(nodes: readonly string[], edges: readonly Edge[]): readonly (readonly string[])[] {
  const part = new Map(nodes.map((id) => [id, [id]]));
  for (const { from, to } of edges) {
    const [a = [], b = []] = [part.get(from), part.get(to)];
    if (a === b) continue;
    const joined = [...a, ...b];
    for (const id of joined) part.set(id, joined);
  }
  return [...new Set(part.values())].sort((a, b) => b.length - a.length);
}

function layoutPart(nodes: readonly string[], edges: readonly Edge[]): Layout {
  const layer = layersOf(nodes, edges);
  // An edge across several rows becomes a chain of positions that take up space.
  const chains = edges.map(({ from, to }, index) => {
    const [start = 0, end = 0] = [layer.get(from), layer.get(to)];
    const between = Array.from({ length: Math.max(0, Math.abs(end - start) - 1) }, (_, step) => `${index} ${step}`);
    for (const [step, id] of between.entries()) layer.set(id, start + (step + 1) * Math.sign(end - start));
    return [from, ...between, to];
  });
  const neighbours = new Map<string, string[]>([...layer.keys()].map((id) => [id, []]));
  for (const chain of chains) {
    for (const [index, id] of chain.entries())
      for (const next of [chain[index - 1], chain[index + 1]]) if (next !== undefined) neighbours.get(id)?.push(next);
  }
  const rows = Array.from({ length: Math.max(...layer.values()) + 1 }, (): string[] => []);
  for (const [id, row] of layer) rows[row]?.push(id);
  const x = new Map<string, number>();
  for (const row of rows) for (const [index, id] of row.entries()) x.set(id, index);
  const mean = (id: string): number => {
    const found = (neighbours.get(id) ?? []).map((other) => x.get(other) ?? 0);
    return found.length === 0 ? (x.get(id) ?? 0) : found.reduce((sum, one) => sum + one, 0) / found.length;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const row of sweep % 2 === 0 ? rows : [...rows].reverse()) {
      const wanted = new Map(row.map((id) => [id, mean(id)]));
      row.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      for (const [index, at] of spread(row.map((id) => wanted.get(id) ?? 0)).entries()) x.set(row[index] ?? '', at);
    }
  }
  const first = Math.min(...x.values());
  const place = (id: string): Place => ({ x: (x.get(id) ?? 0) - first + 0.5, row: layer.get(id) ?? 0 });
  return {
    width: Math.max(...x.values()) - first + 1,
    rows: rows.length,
    places: new Map(nodes.map((id) => [id, place(id)])),
    bends: chains.map((chain) => chain.slice(1, -1).map(place)),
  };
}

/**
 * Rows from the top: below all callers, or directly above the callees if there are no callers. Ignores edges that close a cycle.
 */
function layersOf(nodes: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const state = new Map<string, 'open' | 'done'>();
  const order: string[] = [];
  const down = new Map<string, readonly string[]>();
  const visit = (id: string): void => {
    state.set(id, 'open');
    const next = edges.flatMap(({ from, to }) => (from === id && state.get(to) !== 'open' ? [to] : []));
    down.set(id, next);
    for (const other of next) if (!state.has(other)) visit(other);
    state.set(id, 'done');
    order.unshift(id);
  };
  const called = new Set(edges.map(({ to }) => to));
  for (const id of [...nodes.filter((one) => !called.has(one)), ...nodes]) if (!state.has(id)) visit(id);
  const layer = new Map(nodes.map((id) => [id, 0]));
  const below = (id: string) => down.get(id) ?? [];
  for (const id of order) for (const to of below(id)) layer.set(to, Math.max(layer.get(to) ?? 0, (layer.get(id) ?? 0) + 1));
  for (const id of nodes) {
    if (called.has(id) || below(id).length === 0) continue;
    layer.set(id, Math.min(...below(id).map((to) => layer.get(to) ?? 0)) - 1);
  }
  return layer;
}

/** Positions as close as possible to the desired ones, which ascend, at least a step apart. */
function spread(wanted: readonly number[]): readonly number[] {
  const right: number[] = [];
  for (const want of wanted) right.push(Math.max(want, (right.at(-1) ?? Number.NEGATIVE_INFINITY) + 1));
  const left: number[] = [];
  for (const want of [...wanted].reverse()) left.unshift(Math.min(want, (left[0] ?? Number.POSITIVE_INFINITY) - 1));
  return right.map((at, index) => (at + (left[index] ?? at)) / 2);
}
