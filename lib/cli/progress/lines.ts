import { formatProblem } from '../../errors/problem';
import type { PodState, ReleaseEvent } from '../../release';
import { judgedText, stepText } from '../print/canary';
import { gateText } from '../print/history';
import { oneLine } from '../print/safe';
import { clockTime, count } from '../print/style';
import { phasesOf } from './frame';
import type { ObjectProgress, Progress } from './progress';

/** Up to this number, each object gets its own lines; above it, there is only an occasional summary. */
const FEW = 40;
const FEW_PODS = 5;
/** Number of pending objects that a summary names. */
const NAMED = 3;

/** Formats an event for a log: lines without time. `before` and `after` are the states of the release around it. Pure. */
export function eventLines(before: Progress, event: ReleaseEvent, after: Progress): readonly string[] {
  const few = after.objects.size <= FEW;
  switch (event.type) {
    case 'planned':
      return [];
    case 'warning':
      return [`warning: ${oneLine(formatProblem(event.problem))}`];
    case 'waiting-for-lock':
      return [`waiting for the lock that ${event.holder} holds`];
    case 'recovering':
      return [
        `revision ${event.revision} by ${event.by} was interrupted: ${event.how === 'rollback' ? 'rolling back' : 'finishing'} it`,
        ...event.steps.map(({ object, action, reason }) => `  ${action} ${object}${reason === undefined ? '' : `: ${reason}`}`),
      ];
    case 'started':
      return [`revision ${event.revision}: ${event.action}`];
    case 'gate-started':
      return [`gate ${event.gate}${event.attempt > 1 ? ` (attempt ${event.attempt})` : ''} …`];
    case 'gate-lost':
      return [`gate ${event.gate}: ${oneLine(event.reason)}, starting it again`];
    case 'gate-judged':
      return [oneLine(gateText(event.evidence))];
    case 'canary-started':
      return [`canary ${event.workload}: a candidate comes up next to the stable version`];
    case 'canary-step':
      return [stepText(event)];
    case 'canary-inconclusive':
      return [`  ${event.workload}: inconclusive, held for at most ${clockTime(event.leftMs)} more: ${oneLine(event.reason)}`];
    case 'canary-command':
      return [`canary ${event.workload}: ${event.command}`];
    case 'canary-judged':
      return [`canary ${event.step.workload}: ${oneLine(judgedText(event.step))}`];
    case 'wave':
      return event.of > 1 || !few ? [`wave ${event.number} of ${event.of}: ${count(event.objects.length, 'object')}`] : [];
    case 'written':
      return few ? [`${event.action} ${event.object}`] : [];
    case 'progress': {
      // Objects with pods are reported pod by pod.
      const told = (after.objects.get(event.object)?.pods.size ?? 0) > 0 && !/: \d+(\/\d+)?$/.test(event.message);
      return few && !told ? [`  ${event.object}: ${oneLine(event.message)}`] : [];
    }
    case 'pod': {
      if (event.gate !== undefined) return [podLine(event.pod)];
      const pods = after.objects.get(event.object)?.pods;
      const phase = before.objects.get(event.object)?.pods.get(event.pod.name)?.phase;
      if (!few || (pods?.size ?? 0) > FEW_PODS || phase === event.pod.phase) return [];
      return [podLine(event.pod)];
    }
    case 'ready': {
      const object = before.objects.get(event.object);
      const took = object === undefined ? '' : ` in ${clockTime(after.moved - object.since)}`;
      return few ? [`ready ${event.object}${object?.state === 'waiting' ? took : ''}`] : [];
    }
    case 'failed':
      // The final report contains the reason.
      return [`failed: ${oneLine(event.failure.problem.subject)}`];
    case 'rolling-back':
      return event.objects === 0 ? [] : [`rolling back ${count(event.objects, 'object')}`];
    case 'restored':
      return few ? [`restored ${event.object}`] : [];
  }
}

/** Formats the state of a release in one line, for quiet logs. Undefined if it waits for no object. */
export function pulse(progress: Progress, now: number): string | undefined {
  const all = [...progress.objects.values()];
  if (progress.stage === 'rolling-back') {
    return `rolling back: ${count(all.filter(({ state }) => state === 'restored').length, 'object')} restored`;
  }
  const open = all.filter(({ state }) => state === 'waiting').sort((a, b) => a.since - b.since || (a.name < b.name ? -1 : 1));
  if (progress.canary !== undefined) return `${stepText(progress.canary)}, since ${clockTime(now - progress.canary.since)}`;
  const gate = progress.gates.find(({ ended }) => ended === undefined);
  if (gate !== undefined) return `gate ${gate.name} has been running for ${clockTime(now - gate.began)}`;
  const unwritten = all.filter(({ state }) => state === 'writing').length;
  if (open.length === 0)
    return unwritten === 0 ? undefined : `written ${all.length - unwritten} of ${count(all.length, 'object')}`;
  const names = open.slice(0, NAMED).map((object) => waitText(object, now));
  const more = open.length > NAMED ? ` and ${open.length - NAMED} more` : '';
  const budget = progress.budgetMs === undefined ? '' : ` of ${clockTime(progress.budgetMs)}`;
  const spent = `${clockTime(now - progress.began)}${budget} spent`;
  return `waiting for ${open.length} of ${count(all.length, 'object')}, ${spent}: ${names.join(', ')}${more}`;
}

function waitText({ name, since, pods }: ObjectProgress, now: number): string {
  const phases = phasesOf([...pods.values()]);
  return `${name} (${clockTime(now - since)}${phases === '' ? '' : `; ${phases}`})`;
}

function podLine({ name, phase, message }: PodState): string {
  return `  Pod/${name}: ${phase}${message === '' ? '' : `: ${oneLine(message)}`}`;
}
