import { describe } from '../../errors/problem';
import type { ReleaseEvent, ReleaseResult } from '../../release';
import { gateText } from './history';
import type { Output } from './output';
import { planSummary, planText } from './plan';

/** Turns what happens during a release into text. An empty text prints nothing. */
export interface ReleasePrinter {
  event(event: ReleaseEvent): string;
  result(result: ReleaseResult): string;
}

export function releasePrinter(output: Output): ReleasePrinter {
  if (output === 'text') return { event: eventText, result: resultText };
  const json = (result: ReleaseResult) => JSON.stringify(output === 'json' ? result : { type: 'result', ...result });
  return { event: output === 'json' ? () => '' : eventJson, result: json };
}

/** Plans hold whole objects, Secrets too; what is printed of them is the summary. */
function eventJson(event: ReleaseEvent): string {
  return JSON.stringify(event.type === 'planned' ? { ...event, plan: planSummary(event.plan) } : event);
}

function eventText(event: ReleaseEvent): string {
  switch (event.type) {
    case 'planned':
      return planText(event.plan);
    case 'warning':
      return `warning: ${describe(event.problem)}`;
    case 'waiting-for-lock':
      return `waiting for the lock that ${event.holder} holds`;
    case 'recovering':
      return `revision ${event.revision} by ${event.by} was interrupted: ${event.how === 'undo' ? 'undoing' : 'finishing'} it`;
    case 'started':
      return `revision ${event.revision}: ${event.action}`;
    case 'gate-started':
      return `gate ${event.gate}${event.attempt > 1 ? ` (attempt ${event.attempt})` : ''} …`;
    case 'gate-lost':
      return `gate ${event.gate}: ${event.reason}, starting it again`;
    case 'gate-judged':
      return gateText(event.evidence);
    case 'written':
      return `${event.action} ${event.object}`;
    case 'progress':
      return `  ${event.object}: ${event.message}`;
    case 'ready':
      return `ready ${event.object}`;
    case 'failed':
      return [
        `failed: ${describe(event.failure.problem)}`,
        ...event.failure.events.map((line) => `  event: ${line}`),
        ...event.failure.logs.map((line) => `  log: ${line}`),
      ].join('\n');
    case 'undoing':
      return event.objects === 0 ? '' : 'undoing';
    case 'undone':
      return `restored ${event.object}`;
  }
}

const ENDINGS: Readonly<Record<ReleaseResult['outcome'], string>> = {
  done: 'done',
  unchanged: 'nothing to do',
  refused: 'refused, nothing was changed',
  rejected: 'rejected by a gate, nothing was changed',
  undone: 'failed, what was there before is restored',
  broken: 'failed, not restored',
  interrupted: 'interrupted; the next run takes it up',
};

function resultText({ outcome, release, revision, problems }: ReleaseResult): string {
  const name = revision === undefined ? release : `${release} revision ${revision.revision}`;
  return [
    ...problems.map(describe),
    ...(revision?.left ?? []).map((object) => `left: ${object}`),
    `${name}: ${ENDINGS[outcome]}`,
  ].join('\n');
}
