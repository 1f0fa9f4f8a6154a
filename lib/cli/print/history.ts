import { formatProblem } from '../../errors/problem';
import { formatMetric, type GateEvidence, type Revision } from '../../release';
import { STATE_TONES } from '../../report/signs';
import { age } from './age';
import { judgedText } from './canary';
import { failureReport, reportMarkdown, reportText } from './failure-report';
import type { TableOutput } from './output';
import { clean, inline, oneLine } from './safe';
import { type Look, type Paint, PLAIN, plain, unlimited } from './style';
import { type Cell, table } from './table';

/** Prints a release's history as a table, one row per revision. */
export function printHistory(
  revisions: readonly Revision[],
  output: TableOutput | 'markdown',
  look: Look = PLAIN,
  now: number = Date.now(),
): string {
  if (output === 'ndjson') return revisions.map((revision) => JSON.stringify(revision)).join('\n');
  if (output === 'json') return JSON.stringify(revisions);
  if (output === 'markdown') return historyMarkdown(revisions);
  const wide = output === 'wide';
  const headers = ['REVISION', 'UPDATED', 'STATUS', 'VERSION', 'GATE', 'CHANGES', 'BY', ...(wide ? WIDE : []), 'DESCRIPTION'];
  const rows = clean(revisions).map((revision): readonly Cell[] => {
    const { state, versions, gates, started, by, seconds, artifact } = revision;
    return [
      String(revision.revision),
      wide ? started : age(started, now),
      { text: state, tone: STATE_TONES[state] },
      versions.join(' ') || '-',
      gates.map((gate) => (wide ? gateText(gate).replace(/^gate /, '') : gateCell(gate))).join('; ') || '-',
      changesText(revision) || '-',
      by,
      ...(wide ? [`${seconds}s`, oneLine(artifact ?? '-')] : []),
      oneLine(descriptionOf(revision)),
    ];
  });
  return table(headers, rows, wide ? unlimited(look) : look);
}

const WIDE = ['DURATION', 'ARTIFACT'];

/** `passed auc 0.941 p99 118 ms`: a gate without its thresholds. */
function gateCell({ passed, metrics }: GateEvidence): string {
  const numbers = metrics.map(({ name, value }) => formatMetric({ name, value, ok: true }));
  return [passed ? 'passed' : 'failed', ...numbers].join(' ');
}

/** Kind of a revision: `upgrade`, `rollback to 3`, `adopted from Helm revision 7 (fraud-model-1.2.0)`. */
function kindOf({ action, of, adopted }: Revision): string {
  if (adopted !== undefined) return `adopted from ${adopted}`;
  return of === undefined ? action : `${action} to ${of}`;
}

/** Kind of a revision, and why it failed. */
function descriptionOf(revision: Revision): string {
  const { failure, left = [], rebuilt } = revision;
  const kind = kindOf(revision);
  const remains = left.length === 0 ? '' : ` (not restored: ${left.join(', ')})`;
  if (failure !== undefined) return `${kind} failed: ${failure.problem.subject}: ${failure.problem.message}${remains}`;
  return `${kind}${rebuilt === true ? ', rebuilt from live objects' : ''}${remains}`;
}

/** Prints a revision with everything in its record: changes, gates, and the failure. */
export function printRevision(
  name: { readonly release: string; readonly namespace: string },
  revision: Revision,
  output: TableOutput | 'markdown',
  look: Look = PLAIN,
): string {
  const json = output === 'json' || output === 'ndjson';
  const shown = json ? revision : clean(revision);
  const report = failureReport(name, shown);
  if (json) return JSON.stringify({ ...revision, ...(report === undefined ? {} : { report }) });
  if (output === 'markdown') return report === undefined ? historyMarkdown([shown]) : reportMarkdown(report);
  return [
    historyLine(shown, look.paint),
    ...(shown.changed.length === 0 ? [] : [`    changed: ${shown.changed.join(', ')}`]),
    ...(report === undefined ? [] : [reportText(report, look)]),
  ].join('\n');
}

/** `4 deployed v2.2.0 gate auc 0.941 (≥ 0.92) p99 118 ms (≤ 150)`, followed by time, user and changes. */
export function historyLine(revision: Revision, paint: Paint = plain): string {
  const { state, versions, gates, started, by, seconds, failure, left, artifact, canary } = revision;
  const changed = changesText(revision);
  const kind = kindOf(revision);
  const about = [...(versions.length > 0 ? [versions.join(' ')] : []), ...gates.map(gateText)];
  const head = [revision.revision, paint(STATE_TONES[state], state), ...about].join(' ');
  const facts = `    ${started} ${by}, ${kind}, ${seconds} s${changed === '' ? '' : `, ${changed}`}`;
  const why = failure === undefined ? [] : [`    ${oneLine(formatProblem(failure.problem))}`];
  const from = artifact === undefined ? [] : [`    from ${oneLine(artifact)}`];
  const steps = (canary ?? []).map((step) => `    canary ${step.workload}: ${judgedText(step)}`);
  return [head, facts, ...from, ...steps, ...why, ...(left ?? []).map((object) => `    left: ${object}`)].join('\n');
}

/** `2 changed, 1 deleted`; empty if a gate rejected the revision, because nothing was changed. */
export function changesText({ changes, state }: Pick<Revision, 'changes' | 'state'>): string {
  if (state === 'rejected') return '';
  const counts = [
    [changes.create, 'created'],
    [changes.change, 'changed'],
    [changes.replace, 'replaced'],
    [changes.delete, 'deleted'],
  ] as const;
  return counts.flatMap(([amount, what]) => (amount > 0 ? [`${amount} ${what}`] : [])).join(', ');
}

function historyMarkdown(revisions: readonly Revision[]): string {
  const row = (revision: Revision) => {
    const { state, action, versions, gates, started, by } = revision;
    const cells = [String(revision.revision), state, action, versions.join(' '), gates.map(gateText).join('; '), started, by];
    return `| ${cells.map(inline).join(' | ')} |`;
  };
  return [
    '| revision | state | action | version | gates | started | by |',
    '|---|---|---|---|---|---|---|',
    ...revisions.map(row),
  ].join('\n');
}

/** `gate auc 0.941 (≥ 0.92)`, or why it did not pass. */
export function gateText({ passed, reason, metrics }: GateEvidence): string {
  const numbers = metrics.map(formatMetric).join(' ');
  return `gate ${passed ? numbers || 'passed' : `failed${numbers === '' ? '' : ` ${numbers}`}${reason === undefined || numbers !== '' ? '' : `: ${reason}`}`}`;
}
