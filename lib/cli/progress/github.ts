import { appendFileSync } from 'node:fs';
import { formatProblem } from '../../errors/problem';
import type { ReleaseEvent, ReleaseResult } from '../../release';
import { endingLine, endingMarkdown } from '../print/ending';
import { oneLine } from '../print/safe';

/** A step summary may have 1 MiB, but people read much less. */
const LONGEST_SUMMARY = 200_000;

/**
 * Formats a workflow command, `::error title=…::…`, as GitHub Actions reads it from a log.
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function command(name: 'error' | 'warning' | 'notice' | 'group' | 'endgroup', text = '', title?: string): string {
  const data = oneLine(text).replaceAll('%', '%25');
  const property =
    title === undefined ? '' : ` title=${oneLine(title).replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C')}`;
  return `::${name}${property}::${data}`;
}

/** Formats lines as a folded group in the log. */
export function group(title: string, text: string): readonly string[] {
  return [command('group', title), ...text.split('\n'), command('endgroup')];
}

/** Formats an event as an annotation of the run, if it deserves one. */
export function annotation(event: ReleaseEvent): readonly string[] {
  return event.type === 'warning' ? [command('warning', formatProblem(event.problem), event.problem.code)] : [];
}

/** Formats the outcome as an annotation of the run. */
export function endAnnotation(result: ReleaseResult): string {
  const good = result.outcome === 'succeeded' || result.outcome === 'unchanged';
  const why = result.problems.map(formatProblem).join(' ');
  return command(good ? 'notice' : 'error', good ? endingLine(result) : why || endingLine(result), endingLine(result));
}

/** Formats the step summary: outcome and plan. */
export function stepSummary(result: ReleaseResult, plan: string | undefined): string {
  const text = [endingMarkdown(result), ...(plan === undefined ? [] : ['', plan])].join('\n');
  return `${text.length > LONGEST_SUMMARY ? `${text.slice(0, LONGEST_SUMMARY)}\n…` : text}\n\n`;
}

/** Appends to this job's step summary. A failed write must not fail the release. */
export function writeStepSummary(text: string, env: NodeJS.ProcessEnv = process.env): void {
  const file = env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  try {
    appendFileSync(file, text);
  } catch {
    // The log has everything.
  }
}
