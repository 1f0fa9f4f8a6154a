import { describe } from '../../errors/problem';
import { describeMetric, type GateEvidence, type Revision } from '../../release';
import type { Output } from './output';

/** A release's history, one line per revision. */
export function printHistory(revisions: readonly Revision[], output: Output): string {
  if (output === 'ndjson') return revisions.map((revision) => JSON.stringify(revision)).join('\n');
  return output === 'json' ? JSON.stringify(revisions) : revisions.map(historyLine).join('\n');
}

/** `4 deployed v2.2.0 gate auc 0.941 (≥ 0.92) p99 118 ms (≤ 150)`, then when, by whom and what changed. */
export function historyLine(revision: Revision): string {
  const { state, action, versions, gates, started, by, seconds, of, failure, left } = revision;
  const counts = Object.entries(revision.changes).filter(([, count]) => count > 0);
  const changed = counts.map(([what, count]) => `${count} ${what}`).join(', ');
  const kind = of === undefined ? action : `${action} to ${of}`;
  const head = [revision.revision, state, ...(versions.length > 0 ? [versions.join(' ')] : []), ...gates.map(gateText)].join(' ');
  const facts = `    ${started} ${by}, ${kind}, ${seconds} s${changed === '' ? '' : `, ${changed}`}`;
  const why = failure === undefined ? [] : [`    ${describe(failure.problem)}`];
  return [head, facts, ...why, ...(left ?? []).map((object) => `    left: ${object}`)].join('\n');
}

/** `gate auc 0.941 (≥ 0.92)`, or why it did not pass. */
export function gateText({ passed, reason, metrics }: GateEvidence): string {
  const numbers = metrics.map(describeMetric).join(' ');
  return `gate ${passed ? numbers || 'passed' : `failed${numbers === '' ? '' : ` ${numbers}`}${reason === undefined || numbers !== '' ? '' : `: ${reason}`}`}`;
}
