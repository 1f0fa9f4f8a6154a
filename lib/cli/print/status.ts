import type { Overview } from '../../release';
import { failureReport, reportText } from './failure-report';
import { historyLine } from './history';
import type { Output } from './output';
import { clean, oneLine } from './safe';
import { type Look, PLAIN, type Tone } from './style';

const TONES: Readonly<Record<string, Tone>> = { Current: 'good', InProgress: 'busy', Failed: 'bad', NotFound: 'bad' };

/** How a release is doing; when what happened last has failed, with the report of it. */
export function printStatus(overview: Overview, output: Output, look: Look = PLAIN): string {
  const { paint } = look;
  const text = output === 'text';
  const { release, namespace, deployed, last, interrupted, objects } = text ? clean(overview) : overview;
  const report = last && failureReport({ release, namespace }, last);
  if (!text) return JSON.stringify({ ...overview, ...(report === undefined ? {} : { report }) });
  const width = Math.max(0, ...objects.map(({ object }) => object.length));
  const line = (object: string, status: string, message: string) =>
    `${object.padEnd(width)}  ${paint(TONES[status] ?? 'warn', status)}  ${oneLine(message)}`.trimEnd();
  return [
    `${release} in ${namespace}`,
    ...(deployed ? [historyLine(deployed, paint)] : ['nothing is deployed']),
    ...(last && report === undefined && last.revision !== deployed?.revision ? ['last:', historyLine(last, paint)] : []),
    ...(interrupted ? [`revision ${interrupted.revision} by ${interrupted.by} was interrupted; the next apply takes it up`] : []),
    ...objects.map(({ object, status, message }) => line(object, status, message)),
    ...(report === undefined ? [] : [reportText(report, look)]),
  ].join('\n');
}
