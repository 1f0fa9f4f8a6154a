import { formatProblem } from '../../errors/problem';
import { displayName } from '../../kube/object';
import type { FieldChange, Plan, PlanAction, Proposal } from '../../release';
import { editedText, type PlanEntry, type PlanView, planView } from '../../report/plan-view';
import { SIGNS, TONES } from '../../report/signs';
import { canaryText } from './canary';
import type { TableOutput } from './output';
import { clean, inline, oneLine } from './safe';
import { count, type Look, type Paint, PLAIN, wrap } from './style';

/** A longer list of field changes does not help; the rest is in the JSON. */
const MOST_FIELDS = 40;
/** A longer change takes two lines, the old value above the new one. */
const ONE_LINE = 116;
const LONGEST = 160;

/** A plan without the objects' full content, and thus without Secret values: safe for printers and files. */
export function planSummary(plan: Plan) {
  const objects = plan.objects.map(({ manifest, live, action, changes, conflicts, unverified, takesAlong }) => {
    const object = manifest ?? live;
    const namespace = object?.metadata.namespace;
    const fields = action === 'change' || action === 'replace' ? changes : [];
    return { object: object ? displayName(object) : '', namespace, action, changes: fields, conflicts, unverified, takesAlong };
  });
  const { release, namespace, digest, gates, canaries } = plan;
  return {
    release,
    namespace,
    digest,
    objects,
    gates: gates.map(({ name, phase, thresholds }) => ({ name, phase, thresholds })),
    ...(canaries === undefined ? {} : { canaries }),
  };
}

/** Formats a proposal as text, as Markdown for a pull request, or as JSON. */
export function printPlan(
  { plan, problems, warnings = [] }: Proposal,
  output: TableOutput | 'markdown',
  look: Look = PLAIN,
): string {
  if (output === 'markdown') {
    const noted = warnings.map((one) => `\n> ⚠️ ${inline(formatProblem(one))}`);
    return [planMarkdown(plan), ...noted, ...problems.map((one) => `\n> ❌ ${inline(formatProblem(one))}`)].join('\n');
  }
  if (output === 'json' || output === 'ndjson')
    return JSON.stringify({ ...planSummary(plan), problems, ...(warnings.length === 0 ? {} : { warnings }) });
  const notes = warnings.map((problem) => `${look.paint('warn', '⚠')} ${oneLine(formatProblem(problem))}`);
  const refusals = problems.map((problem) => `${look.paint('bad', '!')} ${oneLine(formatProblem(problem))}`);
  return [planText(plan, look), ...notes, ...refusals].join('\n');
}

/** Formats a plan as text: changes by component and field, with a summary. `most`: maximum number of lines. */
export function planText(plan: Plan, look: Look = PLAIN, most?: number): string {
  const { paint } = look;
  const view = clean(planView(plan));
  const lines = view.groups.flatMap(({ title, entries }) => [
    paint('strong', title),
    ...entries.flatMap((entry) => entryText(entry, look)),
  ]);
  const shown = most === undefined || lines.length <= most ? lines : lines.slice(0, most);
  const hidden = lines.length - shown.length;
  const rest = hidden === 0 ? [] : [paint('dim', `… and ${count(hidden, 'line')} more: see serving plan`)];
  const gates = view.groups.length === 0 ? [] : view.gates.flatMap((gate) => wrap(gateText(gate), look.width));
  const doubts = unverifiedTexts(view).map((text) => paint('dim', text));
  const canaries = (plan.canaries ?? []).flatMap((one) => wrap(clean(canaryText(one)), look.width));
  return [...shown, ...rest, ...doubts, ...gates, ...canaries, `${view.release} in ${view.namespace}: ${countsText(view)}`].join(
    '\n',
  );
}

/** Objects that the API server could not dry-run, by reason, each reason once. */
function unverifiedTexts({ groups }: PlanView): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { objects, unverified } of groups.flatMap(({ entries }) => entries)) {
    if (unverified !== undefined) byReason.set(unverified, [...(byReason.get(unverified) ?? []), ...objects]);
  }
  return [...byReason].map(([reason, objects]) => {
    const which = objects.length > 3 ? `${objects.slice(0, 3).join(', ')} and ${objects.length - 3} more` : objects.join(', ');
    return `not verified: ${which}: ${reason}`;
  });
}

function entryText({ objects, action, about, fields, conflicts }: PlanEntry, look: Look): readonly string[] {
  const { paint, width } = look;
  const [sign, tone] = [SIGNS[action], TONES[action]];
  const note = about === undefined || about === '' ? [] : [about];
  const [first = '', ...rest] = wrap([objects.join(', '), ...note].join('  '), width - action.length - 5);
  return [
    `  ${paint(tone, `${sign} ${action}`)} ${first}`,
    ...rest.map((line) => `      ${line}`),
    ...fields.slice(0, MOST_FIELDS).flatMap((change) => fieldText(change, paint, Math.min(width, ONE_LINE))),
    ...(fields.length > MOST_FIELDS ? [`      … and ${fields.length - MOST_FIELDS} more fields`] : []),
    ...conflicts.map(({ field, manager }) => `      ${field} is owned by ${manager}`),
  ];
}

function fieldText(change: FieldChange, paint: Paint, width: number): readonly string[] {
  const edited = editedText(change);
  const note = edited === undefined ? [] : [`          ${paint('dim', oneLine(edited))}`];
  return [...changeText(change, paint, width), ...note];
}

function changeText(change: FieldChange, paint: Paint, width: number): readonly string[] {
  const { path } = change;
  const removed = (text: string) => paint('bad', text);
  const added = (text: string) => paint('good', text);
  if (!('from' in change) && !('to' in change)) return [`      ${path}: ownership`];
  const [from, to] = [shown(change.from), shown(change.to)];
  if (!('from' in change)) return [`      ${added(`+ ${path}: ${to}`)}`];
  if (!('to' in change)) return [`      ${removed(`- ${path}: ${from}`)}`];
  const line = `~ ${path}: ${from} → ${to}`;
  if (line.length + 6 <= width) return [`      ${paint('warn', '~')} ${path}: ${removed(from)} → ${added(to)}`];
  return [`      ${paint('warn', '~')} ${path}`, `          ${removed(`- ${from}`)}`, `          ${added(`+ ${to}`)}`];
}

function shown(value: unknown): string {
  const text = oneLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function gateText({ name, phase, thresholds, needs }: PlanView['gates'][number]): string {
  return [`gate ${name} (${phase}${thresholds === '' ? '' : `: ${thresholds}`})`, ...needs].join(', ');
}

function countsText({ counts }: PlanView): string {
  return counts.map(([amount, action]) => `${amount} ${AMOUNTS[action]}`).join(', ') || 'no objects';
}

/** Text after the number of objects with an action. */
const AMOUNTS: Readonly<Record<PlanAction, string>> = {
  create: 'to create',
  change: 'to change',
  replace: 'to replace',
  delete: 'to delete',
  orphan: 'to leave in place',
  unchanged: 'unchanged',
  conflict: 'in conflict',
  refused: 'refused',
};

/** Formats a plan as Markdown: a line per change, with each component's fields folded. */
export function planMarkdown(plan: Plan): string {
  const view = clean(planView(plan));
  const head = `### Plan: ${inline(view.release)} in ${inline(view.namespace)}\n\n${countsText(view)}`;
  const groups = view.groups.flatMap(({ title, entries }) => [
    `\n<details open><summary><b>${escaped(title)}</b>: ${summaryOf(entries)}</summary>\n`,
    '```diff',
    ...entries.flatMap(entryDiff),
    '```',
    '\n</details>',
  ]);
  const gates = view.groups.length === 0 ? [] : view.gates.map((gate) => `- ${inline(gateText(gate))}`);
  const doubts = unverifiedTexts(view).map((text) => `\n${inline(text)}`);
  const notes = [...gates, ...(plan.canaries ?? []).map((one) => `- ${inline(canaryText(one))}`)];
  return [head, ...groups, ...doubts, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n');
}

/** `1 to create, 3 to change`. */
function summaryOf(entries: readonly PlanEntry[]): string {
  const actions = [...new Set(entries.map(({ action }) => action))];
  const amount = (wanted: PlanAction) =>
    entries.reduce((sum, { action, objects }) => sum + (action === wanted ? objects.length : 0), 0);
  return actions.map((action) => `${amount(action)} ${AMOUNTS[action]}`).join(', ');
}

/** Formats an entry for GitHub's and GitLab's diff colors: lines with a sign in front. */
function entryDiff({ objects, action, about, fields, conflicts }: PlanEntry): readonly string[] {
  const sign = { create: '+', delete: '-' }[action as string] ?? '!';
  return [
    ...objects.map((object) => `${sign} ${action} ${object}${about === undefined ? '' : `  ${about}`}`),
    ...fields
      .slice(0, MOST_FIELDS)
      .flatMap((change) => [
        ...('from' in change ? [`-     ${change.path}: ${shown(change.from)}`] : []),
        ...('to' in change ? [`+     ${change.path}: ${shown(change.to)}`] : []),
        ...[editedText(change)].flatMap((text) => (text === undefined ? [] : [`!     ${oneLine(text)}`])),
      ]),
    ...(fields.length > MOST_FIELDS ? [`      … and ${fields.length - MOST_FIELDS} more fields`] : []),
    ...conflicts.map(({ field, manager }) => `!     ${field} is owned by ${manager}`),
  ].map((line) => line.replaceAll('```', "'''"));
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
