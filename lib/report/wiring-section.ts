import { type Html, html } from './html';
import type { Wiring } from './wiring';
import { type Marks, wiringPicture } from './wiring-picture';

/** The picture of a graph, and the same as a table. */
export function wiringSection(graph: Wiring, marks: Marks): Html {
  if (graph.nodes.length === 0) return html`<p>There are no workloads.</p>`;
  const name = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const rows = graph.nodes.map(({ id, about, opensTo }) => {
    const calls = graph.edges.flatMap(({ from, to, by }) =>
      from === id ? html`<li>${name.get(to)} <span class="dim">${by.join(', ')}</span></li>` : [],
    );
    const calledBy = graph.edges.flatMap(({ from, to }) => (to === id ? (name.get(from) ?? from) : []));
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
