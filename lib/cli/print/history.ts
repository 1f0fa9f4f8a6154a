import { formatProblem } from '../../errors/problem';
import { formatMetric, type GateEvidence, type Revision } from '../../release';
import { STATE_TONES } from '../../report/signs';
import { judgedText } from './canary';
import { failureReport, reportMarkdown, reportText } from './failure-report';
import type { Output } from './output';
import { clean, inline, oneLine } from './safe';
import { type Look, type Paint, PLAIN, plain } from './style';

/** A release's history, one line per revision. */
export function printHistory(revisions: readonly Revision[], output: Output | 'markdown', paint: Paint = plain): string {
  if (output === 'ndjson') return revisions.map((revision) => JSON.stringify(revision)).join('\n');
  if (output === 'json') return JSON.stringify(revisions);
  if (output === 'markdown') return historyMarkdown(revisions);
  return clean(revisions)
    .map((revision) => historyLine(revision, paint))
    .join('\n');
}

/** One revision with all that the record knows of it: what it changed, its gates, and why it failed. */
export function printRevision(
  name: { readonly release: string; readonly namespace: string },
  revision: Revision,
  output: Output | 'markdown',
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

/** `4 deployed v2.2.0 gate auc 0.941 (≥ 0.92) p99 118 ms (≤ 150)`, then when, by whom and what changed. */
export function historyLine(revision: Revision, paint: Paint = plain): string {
  const { state, action, versions, gates, started, by, seconds, of, failure, left, artifact, canary } = revision;
  const changed = changesText(revision);
  const kind = of === undefined ? action : `${action} to ${of}`;
  const about = [...(versions.length > 0 ? [versions.join(' ')] : []), ...gates.map(gateText)];
  const head = [revision.revision, paint(STATE_TONES[state], state), ...about].join(' ');
  const facts = `    ${started} ${by}, ${kind}, ${seconds} s${changed === '' ? '' : `, ${changed}`}`;
  const why = failure === undefined ? [] : [`    ${oneLine(formatProblem(failure.problem))}`];
  const from = artifact === undefined ? [] : [`    from ${oneLine(artifact)}`];
  const steps = (canary ?? []).map((step) => `    canary ${step.workload}: ${judgedText(step)}`);
  return [head, facts, ...from, ...steps, ...why, ...(left ?? []).map((object) => `    left: ${object}`)].join('\n');
}

/** `2 change, 1 delete`. */
export function changesText({ changes }: Pick<Revision, 'changes'>): string {
  const counts = Object.entries(changes).filter(([, count]) => count > 0);
  return counts.map(([what, count]) => `${count} ${what}`).join(', ');
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
