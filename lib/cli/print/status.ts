import type { Drift, ObjectOverview, Overview, Revision } from '../../release';
import { age } from './age';
import { failureReport, reportText } from './failure-report';
import { changesText, gateText } from './history';
import type { TableOutput } from './output';
import { clean, oneLine } from './safe';
import { count, type Look, PLAIN, type Tone, unlimited } from './style';
import { table } from './table';

const TONES: Readonly<Record<string, Tone>> = { Current: 'good', InProgress: 'busy', Failed: 'bad', NotFound: 'bad' };

/**
 * Prints the status of a release: its health, its deployed revision, every object; if the last release failed, also its report.
 */
export function printStatus(overview: Overview, output: TableOutput, look: Look = PLAIN, now: number = Date.now()): string {
  const text = output === 'text' || output === 'wide';
  const shown = text ? clean(overview) : overview;
  const { release, namespace, deployed, last, interrupted, objects } = shown;
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
    healthLine(shown, look, now),
    ...(wide ? driftLines(shown.drift, now) : []),
    ...revisions.map((revision) => revisionLine(revision, wide, now)),
    ...(interrupted ? [`revision ${interrupted.revision} by ${interrupted.by} was interrupted; the next apply recovers it`] : []),
    ...(rows.length === 0 ? [] : ['', table(['OBJECT', 'STATUS', 'MESSAGE'], rows, wide ? unlimited(look) : look)]),
    ...(report === undefined ? [] : ['', reportText(report, look)]),
  ].join('\n');
}

/** `fraud-model in team-fraud: healthy, 10 of 10 objects ready`. */
function healthLine({ release, namespace, deployed, appliedBy, objects, drift }: Overview, { paint }: Look, now: number): string {
  const name = `${oneLine(release)} in ${oneLine(namespace)}`;
  if (deployed === undefined && appliedBy === undefined) return `${name}: ${paint('warn', 'nothing is deployed')}`;
  const ready = objects.filter(({ status }) => status === 'Current').length;
  const [word, tone] = healthOf(objects);
  const news = driftText(drift, now);
  const by = appliedBy && `; applied by ${oneLine([appliedBy.agent, appliedBy.by].filter(Boolean).join(', '))}`;
  return `${name}: ${paint(tone, word)}, ${ready} of ${count(objects.length, 'object')} ready${by ?? ''}${news === '' ? '' : `; ${paint('warn', oneLine(news))}`}`;
}

/** `2 objects missing, 1 field edited by kubectl-edit 3h ago`; empty without drift. */
export function driftText(drift: readonly Drift[], now: number): string {
  const of = (kind: Drift['kind']) => drift.filter((one) => one.kind === kind).length;
  const fields = drift.flatMap((one) => one.fields);
  const managers = [...new Set(fields.map(({ manager }) => manager))];
  const edits = managers.map((manager) => {
    const mine = fields.filter((field) => field.manager === manager);
    const latest = mine
      .flatMap(({ time }) => time ?? [])
      .sort()
      .at(-1);
    if (manager === undefined) return `${count(mine.length, 'field')} removed`;
    return `${count(mine.length, 'field')} edited by ${oneLine(manager)}${latest === undefined ? '' : ` ${age(latest, now)}`}`;
  });
  return [
    ...(of('missing') > 0 ? [`${count(of('missing'), 'object')} missing`] : []),
    ...(of('replaced') > 0 ? [`${count(of('replaced'), 'object')} replaced`] : []),
    ...edits,
    ...(of('unverified') > 0 ? [`${count(of('unverified'), 'object')} not compared`] : []),
  ].join(', ');
}

/** One line per drifted object and per drifted field. */
function driftLines(drift: readonly Drift[], now: number): readonly string[] {
  return drift.flatMap(({ object, kind, fields, reason }) => {
    if (reason !== undefined) return [oneLine(`${object} was not compared: ${reason}`)];
    if (fields.length === 0) return [oneLine(`${object} is ${kind}`)];
    return fields.map(({ path, manager, time }) => {
      const by =
        manager === undefined ? 'was removed' : `was edited by ${manager}${time === undefined ? '' : ` ${age(time, now)}`}`;
      return oneLine(`${object} ${path} ${by}`);
    });
  });
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
