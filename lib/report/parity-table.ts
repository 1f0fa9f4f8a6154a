import type { Cell, Row } from '../parity/matrix';
import { driftLine, type Report, show, summary } from '../parity/report';
import { filters } from './filters';
import { type Html, html } from './html';
import { page } from './page';

/** All environments side by side as a page of its own. */
export function parityPage(report: Report): string {
  return page('Environments side by side', html``, [{ id: 'parity', title: 'Matrix', body: parityTable(report) }]);
}

const MARKS = {
  undeclared: { tone: 'bad', sign: '!' },
  declared: { tone: 'warn', sign: '~' },
  equal: { tone: 'dim', sign: '=' },
} as const;

/** The matrix, to be filtered; equal fields are there and not shown to begin with. */
export function parityTable(report: Report): Html {
  const { environments, rows, drift = [], unused } = report;
  const list = [...drift.map(driftLine), ...unused.map((one) => `Nothing needs the declaration ${JSON.stringify(one)}`)];
  const head = ['field', ...environments, 'reason'].map((name) => html`<th scope="col">${name}</th>`);
  const kinds = { name: 'kind', title: 'Difference', values: Object.keys(MARKS), off: ['equal'] };
  return html`<p>${summary(report)}</p>
${list.length > 0 && html`<ul class="problems">${list.map((one) => html`<li>${one}</li>`)}</ul>`}
${filters('parity-rows', 'component, field or value', [kinds])}
<div class="scroll" role="region" aria-label="Matrix of the environments" tabindex="0"><table><thead><tr>${head}</tr></thead>
<tbody id="parity-rows">
${rows.map((row) => line(row, environments))}</tbody></table></div>
`;
}

function line(row: Row, environments: readonly string[]): Html {
  const { stack, component, object, path, cells, equal, reason } = row;
  const kind = equal ? 'equal' : reason === undefined ? 'undeclared' : 'declared';
  const { tone, sign } = MARKS[kind];
  const mark = html`<span class="${tone}"><span class="sign" aria-hidden="true">${sign}</span><span class="unseen">${kind} </span></span>`;
  const place = html`<th scope="row" class="place">${mark}<b>${object}</b> <span class="dim">${stack}, ${component}</span><br><code>${path}</code></th>`;
  return html`<tr data-entry data-kind="${kind}">${place}${environments.map((name) => value(name, cells[name]))}<td data-label="because" class="wide">${reason}</td></tr>
`;
}

function value(environment: string, cell: Cell | undefined): Html {
  const nothing = cell === undefined || cell === 'absent';
  return html`<td data-label="${environment}" class="${nothing ? 'dim' : 'mono'}">${show(cell)}</td>`;
}
