import { formatProblem } from '../errors/problem';
import type { GateEvidence, Revision } from '../release';
import { formatMetric } from '../release/gate/thresholds';
import { canaryCharts } from './canary-chart';
import { historyCharts, stateMark } from './history-chart';
import { type Html, html } from './html';
import { page } from './page';
import { STATE_TONES } from './signs';

/** Renders a release's history as an HTML page. */
export function historyPage(
  { release, namespace }: { readonly release: string; readonly namespace: string },
  revisions: readonly Revision[],
): string {
  const now = revisions.find(({ state }) => state === 'deployed');
  const lead = html`<p>${now === undefined ? 'Nothing is deployed.' : `Revision ${now.revision} is deployed: ${now.versions.join(', ')}.`}</p>`;
  const canaries = canaryCharts(revisions);
  return page(`History of ${release} in ${namespace}`, lead, [
    { id: 'metrics', title: 'What the gates measured', body: historyCharts(revisions) },
    ...(canaries === undefined ? [] : [{ id: 'canaries', title: 'Canaries', body: canaries }]),
    { id: 'revisions', title: 'Revisions', body: revisionTable(revisions) },
  ]);
}

/** Renders all revisions with their gates, newest first. */
export function revisionTable(revisions: readonly Revision[]): Html {
  const head = ['revision', 'version', 'gates', 'changes', 'started', 'by'].map((name) => html`<th scope="col">${name}</th>`);
  return html`<div class="scroll" role="region" aria-label="Table of the revisions" tabindex="0"><table><thead><tr>${head}</tr></thead>
<tbody>
${[...revisions].reverse().map(line)}</tbody></table></div>
`;
}

function line({ revision, state, action, of, adopted, versions, gates, changes, started, seconds, by, failure }: Revision): Html {
  const counts = Object.entries(changes).flatMap(([what, amount]) => (amount > 0 ? [`${amount} ${what}`] : []));
  return html`<tr><th scope="row">${revision} <span class="${STATE_TONES[state]}">${stateMark(state)}${state}</span><br><span class="dim">${adopted === undefined ? action : `adopted from ${adopted}`}${of !== undefined && ` to ${of}`}, ${seconds} s</span></th>
<td data-label="version">${versions.join(', ')}</td><td data-label="gates" class="wide">${gates.map(evidence)}${failure !== undefined && html`<span class="bad">${formatProblem(failure.problem)}</span>`}</td>
<td data-label="changes">${counts.join(', ')}</td><td data-label="started"><time datetime="${started}">${started.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}</time></td><td data-label="by">${by}</td></tr>
`;
}

function evidence({ name, phase, passed, reason, metrics }: GateEvidence): Html {
  const numbers = metrics.map(formatMetric).join(', ');
  const why = passed || reason === undefined || numbers !== '' ? '' : reason;
  const told = [passed ? '' : 'failed', numbers, why].filter((one) => one !== '').join(', ') || 'passed';
  return html`<span title="${name}">${phase}: ${told}</span><br>`;
}
