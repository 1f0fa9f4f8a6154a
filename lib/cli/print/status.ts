import type { ObjectOverview, Overview, Revision } from '../../release';
import { age } from './age';
import { failureReport, reportText } from './failure-report';
import { changesText, gateText } from './history';
import type { TableOutput } from './output';
import { clean, oneLine } from './safe';
import { count, type Look, PLAIN, type Tone } from './style';
import { table } from './table';

const TONES: Readonly<Record<string, Tone>> = { Current: 'good', InProgress: 'busy', Failed: 'bad', NotFound: 'bad' };

/** How a release is doing: its health, its deployed revision, every object; when the last release failed, with the report of it. */
export function printStatus(overview: Overview, output: TableOutput, look: Look = PLAIN, now: number = Date.now()): string {
  const text = output === 'text' || output === 'wide';
  const { release, namespace, deployed, last, interrupted, objects } = text ? clean(overview) : overview;
  const report = last && failureReport({ release, namespace }, last);
  if (!text) return JSON.stringify({ ...overview, ...(report === undefined ? {} : { report }) });
  const wide = output === 'wide';
  const rows = objects.map(({ object, status, message }) => [
    object,
    { text: status, tone: TONES[status] ?? 'warn' },
    oneLine(message),
  ]);
  const revisions = [...(deployed ? [deployed] : []), ...(last && last.revision !== deployed?.revision ? [last] : [])];
  return [
    healthLine(overview, look),
    ...revisions.map((revision) => revisionLine(revision, wide, now)),
    ...(interrupted ? [`revision ${interrupted.revision} by ${interrupted.by} was interrupted; the next apply recovers it`] : []),
    ...(rows.length === 0
      ? []
      : ['', table(['OBJECT', 'STATUS', 'MESSAGE'], rows, wide ? { ...look, width: Number.POSITIVE_INFINITY } : look)]),
    ...(report === undefined ? [] : ['', reportText(report, look)]),
  ].join('\n');
}

/** `fraud-model in team-fraud: healthy, 10 of 10 objects ready`. */
function healthLine({ release, namespace, deployed, objects }: Overview, { paint }: Look): string {
  const name = `${oneLine(release)} in ${oneLine(namespace)}`;
  if (deployed === undefined) return `${name}: ${paint('warn', 'nothing is deployed')}`;
  const ready = objects.filter(({ status }) => status === 'Current').length;
  const [word, tone] = healthOf(objects);
  return `${name}: ${paint(tone, word)}, ${ready} of ${count(objects.length, 'object')} ready`;
}

function healthOf(objects: readonly ObjectOverview[]): readonly [string, Tone] {
  if (objects.some(({ status }) => TONES[status] === 'bad')) return ['degraded', 'bad'];
  if (objects.every(({ status }) => status === 'Current')) return ['healthy', 'good'];
  return ['progressing', 'busy'];
}

/** `revision 4 deployed 3m ago by ci@runner: upgrade, v2.2.0, gate auc 0.943, 2 changed`. */
function revisionLine(revision: Revision, wide: boolean, now: number): string {
  const { state, started, by, action, of, versions, gates } = revision;
  const facts = [
    of === undefined ? action : `${action} to ${of}`,
    versions.join(' '),
    ...gates.map(gateText),
    changesText(revision),
  ];
  const when = wide ? `at ${started}` : age(started, now);
  return oneLine(`revision ${revision.revision} ${state} ${when} by ${by}: ${facts.filter((fact) => fact !== '').join(', ')}`);
}
