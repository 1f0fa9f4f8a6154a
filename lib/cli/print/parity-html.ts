import type { Row } from '../../index';
import { driftLine, type Report, show, summary } from './parity';

const STYLE = `
:root{color-scheme:light dark;font:15px/1.45 system-ui,sans-serif}body{margin:2rem;max-width:100rem}
h1{font-size:1.3rem}input{font:inherit;padding:.3rem .6rem;width:min(30rem,100%)}label{margin-right:1rem}
table{border-collapse:collapse;width:100%;margin-top:1rem}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #8884}
th{position:sticky;top:0;background:Canvas}td{overflow-wrap:anywhere;font-family:ui-monospace,monospace;font-size:.85rem}
tr.undeclared td:first-child{border-left:4px solid #d33}tr.declared td:first-child{border-left:4px solid #c90}tr.equal{color:GrayText}
.absent{font-style:italic;opacity:.6}`;

const SCRIPT = `
const box=document.querySelector('input[type=search]'),rows=[...document.querySelectorAll('tbody tr')],kinds=[...document.querySelectorAll('input[type=checkbox]')];
function show(){const words=box.value.toLowerCase();const on=new Set(kinds.filter(k=>k.checked).map(k=>k.value));
for(const row of rows)row.hidden=!on.has(row.className)||!row.textContent.toLowerCase().includes(words)}
box.addEventListener('input',show);for(const kind of kinds)kind.addEventListener('change',show);show();`;

const quoted = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The matrix as one HTML page that needs nothing else: no network, no files beside it. */
export function parityPage(report: Report, rows: readonly Row[]): string {
  const { environments, drift = [], unused } = report;
  const line = (row: Row) => {
    const kind = row.equal ? 'equal' : row.reason === undefined ? 'undeclared' : 'declared';
    const cells = environments.map((name) => {
      const cell = row.cells[name];
      return `<td${cell === 'absent' ? ' class="absent"' : ''}>${quoted(show(cell))}</td>`;
    });
    const place = [row.stack, row.component, row.object, row.path].map((part) => `<td>${quoted(part)}</td>`);
    return `<tr class="${kind}">${place.join('')}${cells.join('')}<td>${quoted(row.reason ?? '')}</td></tr>`;
  };
  const head = ['stack', 'component', 'object', 'field', ...environments, 'reason'].map((name) => `<th>${quoted(name)}</th>`);
  const list = [...drift.map(driftLine), ...unused.map((one) => `Nothing needs the declaration ${JSON.stringify(one)}`)];
  const filters = ['undeclared', 'declared', 'equal'].map(
    (kind) => `<label><input type="checkbox" value="${kind}"${kind === 'equal' ? '' : ' checked'}> ${kind}</label>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Environments side by side</title><style>${STYLE}</style></head>
<body><h1>Environments side by side</h1><p>${quoted(summary(report))}</p>
${list.length === 0 ? '' : `<ul>${list.map((one) => `<li>${quoted(one)}</li>`).join('')}</ul>`}
<p><input type="search" placeholder="component, field or value" aria-label="Filter"> ${filters.join(' ')}</p>
<table><thead><tr>${head.join('')}</tr></thead><tbody>
${rows.map(line).join('\n')}
</tbody></table><script>${SCRIPT}</script></body></html>
`;
}
