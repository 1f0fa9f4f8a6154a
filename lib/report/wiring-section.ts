import { type Html, html } from './html';
import type { Wiring, WiringEdge } from './wiring';
import { type Marks, wiringPicture } from './wiring-picture';

/** Renders a graph as a picture and as a table. */
export function wiringSection(graph: Wiring, marks: Marks): Html {
  if (graph.nodes.length === 0) return html`<p>There are no workloads.</p>`;
  const name = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const [byCaller, byCalled] = [edgesBy(graph, 'from'), edgesBy(graph, 'to')];
  const rows = graph.nodes.map(({ id, about, opensTo }) => {
    const calls = (byCaller.get(id) ?? []).map(
      ({ to, by }) => html`<li>${name.get(to)} <span class="dim">${by.join(', ')}</span></li>`,
    );
    const calledBy = (byCalled.get(id) ?? []).map(({ from }) => name.get(from) ?? from);
    return html`<tr><th scope="row"><b>${name.get(id)}</b><br><span class="dim">${about}</span></th><td data-label="calls" class="wide">${calls.length > 0 && html`<ul>${calls}</ul>`}</td><td data-label="called by">${calledBy.join(', ')}</td><td data-label="open to namespaces">${opensTo.join(', ')}</td></tr>
`;
  });
  return html`<div class="scroll" role="region" aria-label="Picture of the wiring" tabindex="0">${wiringPicture(graph, marks)}</div>
<p class="dim">Callers stand above what they call. Dashed box: runs elsewhere. Thick box: a gate. Round box: a host from outside. Dashed line: known from a network policy only.</p>
<details><summary>The same as a table</summary><div class="scroll" role="region" aria-label="Table of the wiring" tabindex="0"><table>
<thead><tr><th scope="col">component</th><th scope="col">calls</th><th scope="col">called by</th><th scope="col">open to namespaces</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>
`;
}

function edgesBy({ edges }: Wiring, end: 'from' | 'to'): ReadonlyMap<string, readonly WiringEdge[]> {
  const found = new Map<string, WiringEdge[]>();
  for (const edge of edges) found.set(edge[end], [...(found.get(edge[end]) ?? []), edge]);
  return found;
}
