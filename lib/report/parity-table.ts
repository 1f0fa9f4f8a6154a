import type { Row } from '../parity/matrix';
import { driftLine, type Report, summary, valuesOf } from '../parity/report';
import { filters } from './filters';
import { type Html, html } from './html';
import { page } from './page';

/**
 * Renders the comparison of all environments as an HTML page.
 *
 * @param all whether to include equal fields regardless of their number
 */
export function parityPage(report: Report, all = false): string {
  return page('Environments side by side', html``, [{ id: 'parity', title: 'Matrix', body: parityTable(report, all) }]);
}

/** Kinds of rows; the style sheet defines their signs. */
const KINDS = ['undeclared', 'declared', 'equal'] as const;
/** With more rows, equal ones would make the page many megabytes large. */
const MOST_ROWS = 4_000;

/** Renders the matrix with filters; equal fields are included, unless there are too many, but initially hidden. */
export function parityTable(report: Report, all = false): Html {
  const { environments, drift = [], unused } = report;
  const whole = all || report.rows.length <= MOST_ROWS;
  const rows = whole ? report.rows : report.rows.filter(({ equal }) => !equal);
  const list = [...drift.map(driftLine), ...unused.map((one) => `Nothing needs the declaration ${JSON.stringify(one)}`)];
  const head = ['field', ...environments, 'reason'].map((name) => html`<th scope="col">${name}</th>`);
  const kinds = { name: 'kind', title: 'Difference', values: whole ? KINDS : KINDS.slice(0, 2), off: ['equal'] };
  return html`<p>${summary(report)}</p>
${list.length > 0 && html`<ul class="problems">${list.map((one) => html`<li>${one}</li>`)}</ul>`}
${!whole && html`<p class="dim">${report.rows.length - rows.length} equal fields are left out; <code>serving parity --all --output html</code> has them.</p>`}
${filters('parity-rows', 'component, field or value', [kinds])}
<div class="scroll" role="region" aria-label="Matrix of the environments" tabindex="0"><table class="matrix"><thead><tr>${head}</tr></thead>
<tbody id="parity-rows">
${rows.map((row) => line(row, environments))}</tbody></table></div>
`;
}

function line(row: Row, environments: readonly string[]): Html {
  const { stack, component, object, path, cells, equal, reason } = row;
  const kind = equal ? 'equal' : reason === undefined ? 'undeclared' : 'declared';
  // A large project has thousands of rows, so the style sheet contains what they share.
  const place = html`<th scope="row"><i>${kind}</i><b>${object}</b> <small>${stack}, ${component}</small><br><code>${path}</code></th>`;
  const because = reason !== undefined && html`<td data-label="because">${reason}</td>`;
  const values = valuesOf(row, environments).map((value, index) => {
    const name = environments[index] ?? '';
    return html`<td data-label="${name}"${typeof cells[name] !== 'object' && html` class="dim"`}>${value}</td>`;
  });
  return html`<tr data-entry data-kind="${kind}">${place}${values}${because}</tr>
`;
}
