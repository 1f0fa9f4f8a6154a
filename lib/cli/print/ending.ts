import { formatProblem } from '../../errors/problem';
import type { ReleaseResult } from '../../release';
import { failureReport, reportMarkdown, reportText } from './failure-report';
import { changesText, gateText } from './history';
import { clean, inline, oneLine } from './safe';
import { type Look, PLAIN } from './style';

const ENDINGS: Readonly<Record<ReleaseResult['outcome'], string>> = {
  succeeded: 'succeeded',
  unchanged: 'nothing to do',
  refused: 'refused, nothing was changed',
  rejected: 'rejected by a gate, nothing was changed',
  'rolled-back': 'failed, rolled back',
  failed: 'failed, not fully rolled back',
  interrupted: 'interrupted; the next run recovers it',
};

/** Formats the outcome of a release in one line: `fraud-model revision 2: succeeded, v2.2.0, 1 created, 6 changed in 12.3 s`. */
export function endingLine(result: ReleaseResult): string {
  const { outcome, release, revision } = clean(result);
  if (revision === undefined) return `${release || 'release'}: ${ENDINGS[outcome]}`;
  const { versions, seconds } = revision;
  const facts = [...versions, changesText(revision)].filter((fact) => fact !== '');
  const more = outcome === 'succeeded' ? `, ${[...facts].join(', ')} in ${seconds} s` : '';
  return `${release} revision ${revision.revision}: ${ENDINGS[outcome]}${more}`;
}

/** Useful next commands, each with its purpose. */
function nextSteps({ outcome, release, namespace, revision }: ReleaseResult): readonly (readonly [string, string])[] {
  const name = `${release} -n ${namespace}`;
  if (outcome === 'interrupted') return [[`serving status ${name}`, 'what is deployed, and what is left to recover']];
  if (outcome !== 'succeeded' || revision === undefined) return [];
  const { action } = revision;
  return [
    [`serving status ${name}`, 'the status of every object'],
    ...(action === 'upgrade' ? [[`serving rollback ${name}`, 'goes back to the previous revision'] as const] : []),
  ];
}

/** The last lines of a release: its outcome and next steps. `steps`: whether to suggest next steps. */
export function endingText(result: ReleaseResult, look: Look = PLAIN, steps = true, line = endingLine(result)): string {
  const shown = clean(result);
  const { outcome, release, namespace, revision, problems } = shown;
  const { paint } = look;
  const report = revision && failureReport({ release, namespace }, revision);
  // Omitted if the report already contains it.
  const told = report === undefined ? [] : revision?.failure === undefined ? [] : [formatProblem(revision.failure.problem)];
  const rest = problems.map(formatProblem).filter((text) => !told.includes(text));
  const left = report === undefined ? (revision?.left ?? []).map((object) => `left: ${oneLine(object)}`) : [];
  const good = outcome === 'succeeded' || outcome === 'unchanged';
  const next = steps ? nextSteps(shown) : [];
  const width = Math.max(0, ...next.map(([command]) => command.length));
  return [
    ...(report === undefined ? [] : [reportText(steps ? report : { ...report, next: [] }, look)]),
    ...rest.map((text) => `${paint('bad', '✖')} ${oneLine(text)}`),
    ...left,
    // The report's title contains it.
    ...(good ? [`${paint('good', '✔')} ${line}`] : report === undefined ? [line] : []),
    ...next.map(([command, what]) => `  ${command.padEnd(width)}  ${paint('dim', what)}`),
  ].join('\n');
}

/** Formats the outcome of a release as Markdown. */
export function endingMarkdown(result: ReleaseResult): string {
  const { outcome, release, namespace, revision, problems } = result;
  const report = revision && failureReport({ release, namespace }, revision);
  if (report !== undefined) return reportMarkdown(report);
  const good = outcome === 'succeeded' || outcome === 'unchanged';
  return [
    `### ${good ? '✅' : '❌'} ${inline(endingLine(result))}`,
    ...(revision?.gates ?? []).map((gate) => `- ${inline(gate.name)}: ${inline(gateText(gate))}`),
    ...problems.map((problem) => `- ${inline(formatProblem(problem))}`),
  ].join('\n');
}
