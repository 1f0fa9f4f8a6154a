import { formatProblem } from '../errors/problem';
import { displayName } from '../kube/object';
import type { Report } from '../parity/report';
import type { FieldChange, PlanAction, Proposal, Revision } from '../release';
import { type Choice, filters } from './filters';
import { historyCharts } from './history-chart';
import { revisionTable } from './history-page';
import { type Html, html } from './html';
import { page, type Section } from './page';
import { parityTable } from './parity-table';
import { editedText, type PlanEntry, type PlanGroup, type PlanView, planView } from './plan-view';
import { SIGNS, TONES } from './signs';
import { wiring } from './wiring';
import { aroundChanges } from './wiring-scope';
import { wiringSection } from './wiring-section';

/** Additional data for a plan page, where known. */
export interface Beside {
  /** Previous releases; empty before the first one. */
  readonly revisions: readonly Revision[];
  /** Comparison of the environments in the plan's project. */
  readonly parity?: Report;
}

/** Renders a proposal as an HTML page: changes, component graph, previous releases, differences between environments. */
export function planPage({ plan, desired, problems }: Proposal, { revisions, parity }: Beside): string {
  const view = planView(plan);
  const gates = desired.gates.flatMap(({ job, support }) => [job, ...support]);
  const gone = plan.objects.flatMap(({ action, live }) => (action === 'delete' && live !== undefined ? [live] : []));
  const marks = new Map(
    plan.objects.flatMap(({ manifest, live, action }) => {
      const object = manifest ?? live;
      if (object === undefined) return [];
      const name = displayName(object);
      return [[name, action] as const, [`${object.metadata.namespace ?? ''}/${name}`, action] as const];
    }),
  );
  const { graph, omitted } = aroundChanges(wiring([...desired.objects, ...gates, ...gone]), marks);
  const sections: readonly Section[] = [
    { id: 'changes', title: 'Changes', body: changes(view) },
    {
      id: 'wiring',
      title: 'Wiring',
      body: html`${omitted > 0 && html`<p>Components that neither change nor touch one that does, not shown: ${omitted}</p>`}${wiringSection(graph, marks)}`,
    },
    {
      id: 'history',
      title: 'History',
      body:
        revisions.length === 0
          ? html`<p>Nothing was released before.</p>`
          : html`${historyCharts(revisions)}${revisionTable(revisions)}`,
    },
    ...(parity === undefined ? [] : [{ id: 'parity', title: 'Environments', body: parityTable(parity) }]),
  ];
  const stops = problems.map((problem) => html`<li>${formatProblem(problem)}</li>`);
  const lead = html`${badges(view)}${stops.length > 0 && html`<h2 id="stops">What would stop it</h2><ul class="problems" aria-labelledby="stops">${stops}</ul>`}`;
  return page(`Plan of ${view.release} in ${view.namespace}`, lead, sections);
}

function badges({ counts, gates, groups }: PlanView): Html {
  const amounts = counts.map(([amount, action]) => html`<li class="${TONES[action]}">${sign(action)} ${amount} ${action}</li>`);
  const asked = groups.length === 0 ? [] : gates;
  return html`<ul class="badges" aria-label="Objects">${amounts}</ul>
${asked.length > 0 && html`<ul aria-label="Gates">${asked.map(({ name, phase, thresholds }) => html`<li>gate <b>${name}</b>, ${phase}${thresholds !== '' && `: ${thresholds}`}</li>`)}</ul>`}
`;
}

function changes({ groups }: PlanView): Html {
  if (groups.length === 0) return html`<p>Nothing: the cluster has it all.</p>`;
  const entries = groups.flatMap((group) => group.entries);
  const values = (all: readonly string[]) => [...new Set(all)].sort();
  const choices: readonly Choice[] = [
    { name: 'action', title: 'Action', values: values(entries.map(({ action }) => action)) },
    { name: 'kind', title: 'Kind', values: values(entries.flatMap(kindsOf)) },
  ];
  return html`${filters('plan-groups', 'object, field or value', choices, true)}
<div id="plan-groups">
${groups.map(groupOf)}</div>
`;
}

const kindsOf = ({ objects }: PlanEntry) => [...new Set(objects.map((name) => name.split('/')[0] ?? ''))];

function groupOf({ title, entries }: PlanGroup): Html {
  const amounts = new Map<PlanAction, number>();
  for (const { action, objects } of entries) amounts.set(action, (amounts.get(action) ?? 0) + objects.length);
  const sum = [...amounts].map(([action, amount]) => `${amount} ${action}`).join(', ');
  return html`<details class="group" data-group open><summary>${title} <span class="dim">${sum}</span></summary>
${entries.map(entryOf)}</details>
`;
}

function entryOf(entry: PlanEntry): Html {
  const { objects, action, about, fields, conflicts, unverified } = entry;
  const head = html`<span class="${TONES[action]}">${sign(action)} ${action}</span> <b>${objects.join(', ')}</b>${about !== undefined && html` <span class="dim">${about}</span>`}${
    unverified !== undefined && html` <span class="warn">not verified: ${unverified}</span>`
  }`;
  const facts = html`class="entry" data-entry data-action="${action}" data-kind="${kindsOf(entry).join(' ')}"`;
  if (fields.length + conflicts.length === 0)
    return html`<div ${facts}><p>${head}</p></div>
`;
  const owned = conflicts.map(
    ({ field, manager }) => html`<dt><code>${field}</code></dt><dd class="bad">is owned by ${manager}</dd>`,
  );
  return html`<details ${facts} open><summary>${head}</summary><dl class="fields">${fields.map(fieldOf)}${owned}</dl></details>
`;
}

function fieldOf(change: FieldChange): Html {
  const [removed, added] = ['from' in change, 'to' in change];
  const edited = editedText(change);
  return html`<dt><code>${change.path}</code></dt><dd class="mono">${
    removed && html`<del><span aria-hidden="true">− </span><span class="unseen">removed: </span>${textOf(change.from)}</del>`
  }${added && html`<ins><span aria-hidden="true">+ </span><span class="unseen">added: </span>${textOf(change.to)}</ins>`}${!removed && !added && 'ownership'}${edited !== undefined && html` <span class="dim">${edited}</span>`}</dd>`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

/** A visual sign; the word next to it is for everyone. */
function sign(action: PlanAction): Html {
  return html`<span class="sign" aria-hidden="true">${SIGNS[action]}</span>`;
}
