import { formatMetric, type PodPhase } from '../../release';
import { stepText } from '../print/canary';
import { oneLine } from '../print/safe';
import { clockTime, count, cut, type Paint, plain, type Tone } from '../print/style';
import type { GateProgress, ObjectProgress, PodProgress, Progress } from './progress';

/** Available space. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A row in two parts: the right one is the time, aligned to the right edge. */
interface Row {
  readonly mark?: readonly [Tone, string];
  readonly indent?: number;
  readonly text: string;
  readonly tone?: Tone;
  readonly right?: string;
}

/** More rows do not help, however large the terminal is. */
const MOST_ROWS = 20;
/** Time without progress that is worth mentioning. */
const STILL_MS = 10_000;
const PHASES: readonly PodPhase[] = ['failing', 'scheduling', 'pulling', 'starting', 'loading', 'evicted', 'ready'];

/** Formats a release as rows that fit: pending objects come first, the rest is counted. Pure. */
export function frame(progress: Progress, now: number, size: Size, paint: Paint = plain): readonly string[] {
  const columns = Math.max(size.columns - 1, 20);
  const room = Math.max(Math.min(size.rows - 2, MOST_ROWS), 4);
  const fixed = [heading(progress, now), ...gateRows(progress, now), ...canaryRows(progress, now), ...waveRows(progress, now)];
  const rows = [...fixed.slice(0, room), ...openRows(progress, now, room - fixed.length)];
  return rows.map((row) => draw(row, columns, paint));
}

function draw({ mark, indent = 0, text, tone, right = '' }: Row, columns: number, paint: Paint): string {
  const lead = ' '.repeat(indent) + (mark === undefined ? '' : `${mark[1]} `);
  const room = columns - lead.length - (right === '' ? 0 : right.length + 2);
  const body = cut(oneLine(text), room);
  const painted = tone === undefined ? body : paint(tone, body);
  const front = mark === undefined ? lead : `${' '.repeat(indent)}${paint(mark[0], mark[1])} `;
  return right === '' ? front + painted : `${front}${painted}${' '.repeat(room - [...body].length + 2)}${paint('dim', right)}`;
}

const DOING: Readonly<Record<Progress['stage'], string>> = {
  planning: 'planning',
  locked: 'waiting for another release',
  recovering: 'settling an interrupted release',
  gate: 'gate',
  canary: 'canary',
  rollout: 'rolling out',
  'rolling-back': 'rolling back',
};

function heading(progress: Progress, now: number): Row {
  const { release, namespace, action, revision, stage, began, budgetMs, other } = progress;
  const what = action === undefined || revision === undefined ? '' : `, revision ${revision} (${action})`;
  const who = other === undefined || (stage !== 'locked' && stage !== 'recovering') ? '' : ` (${other})`;
  const name = release === '' ? 'release' : `${release} in ${namespace}`;
  const budget = budgetMs === undefined ? '' : ` of ${clockTime(budgetMs)}`;
  const tone = stage === 'rolling-back' ? 'warn' : 'strong';
  return { text: `${name}${what}: ${DOING[stage]}${who}`, tone, right: `${clockTime(now - began)}${budget}` };
}

function gateRows({ gates }: Progress, now: number): readonly Row[] {
  return gates.map((gate) => {
    const right = clockTime((gate.ended ?? now) - gate.began);
    const { evidence } = gate;
    if (evidence === undefined) {
      const waits = gate.pod === undefined || gate.pod.phase === 'ready' ? '' : `, ${gate.pod.phase}: ${gate.pod.message}`;
      return { mark: ['busy', '●'] as const, text: `gate ${gate.name}${attemptText(gate)}${waits}`, right };
    }
    const metrics = evidence.metrics.map(formatMetric).join('  ');
    const said = [metrics, evidence.passed ? '' : (evidence.reason ?? '')].filter((part) => part !== '').join('; ');
    const mark = evidence.passed ? (['good', '✔'] as const) : (['bad', '✖'] as const);
    return { mark, text: `gate ${said || 'passed'}  ${gate.name}`, right };
  });
}

/** The current fraction of a candidate, and the remaining hold. */
function canaryRows({ canary }: Progress, now: number): readonly Row[] {
  if (canary === undefined) return [];
  const right = `${clockTime(now - canary.since)} of ${clockTime(canary.holdMs)}`;
  return [{ mark: ['busy', '●'], text: stepText(canary), right }];
}

function attemptText({ attempt, lost }: GateProgress): string {
  return attempt > 1 ? `, attempt ${attempt}` : lost === undefined ? '' : `, starting again: ${lost}`;
}

/** The current wave, with counts of the previous and next ones. */
function waveRows(progress: Progress, now: number): readonly Row[] {
  const { objects, wave, stage, patienceMs, moved } = progress;
  const all = [...objects.values()];
  if (stage === 'rolling-back') {
    const restored = all.filter(({ state }) => state === 'restored').length;
    return [{ mark: ['warn', '↺'], text: `${count(restored, 'object')} put back as before` }];
  }
  if (wave === undefined) return [];
  const here = all.filter((object) => object.wave === wave.number);
  const of = (some: readonly ObjectProgress[], ...states: readonly ObjectProgress['state'][]) =>
    some.filter(({ state }) => states.includes(state)).length;
  const done = of(here, 'written', 'ready');
  const waiting = of(here, 'waiting', 'failed');
  const deleted = of(all, 'deleted');
  const parts = [
    `${done} of ${here.length} ${deleted > 0 && deleted === here.length ? 'deleted' : 'done'}`,
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(of(here, 'writing') > 0 ? [`${of(here, 'writing')} to write`] : []),
  ];
  const earlier = all.filter((object) => object.wave > 0 && object.wave < wave.number).length;
  const later = of(all, 'planned');
  const counts = progress.action === 'uninstall' ? [`${deleted} of ${all.length} deleted`] : parts;
  const title = wave.of > 1 ? `wave ${wave.number} of ${wave.of}` : progress.action === 'uninstall' ? 'delete' : 'objects';
  const ended = progress.action === 'uninstall' ? deleted === all.length : done === here.length;
  const still = now - moved;
  return [
    ...(earlier > 0 ? [{ mark: ['good', '✔'] as const, text: `${count(earlier, 'object')} of earlier waves` }] : []),
    { mark: ended ? (['good', '✔'] as const) : (['busy', '●'] as const), text: `${title}  ${counts.join(', ')}` },
    ...(deleted > 0 && progress.action !== 'uninstall'
      ? [{ mark: ['good', '✔'] as const, text: `${count(deleted, 'object')} deleted` }]
      : []),
    ...(later > 0 ? [{ mark: ['dim', '○'] as const, text: `${count(later, 'object')} later`, tone: 'dim' as const }] : []),
    ...(waiting > 0 && still >= STILL_MS && patienceMs !== undefined
      ? [
          {
            mark: ['warn', '!'] as const,
            text: `nothing has moved for ${clockTime(still)}; given up after ${clockTime(patienceMs)}`,
            tone: 'warn' as const,
          },
        ]
      : []),
  ];
}

/** Pending objects, longest wait first, each with its pods; what does not fit is counted. */
function openRows(progress: Progress, now: number, room: number): readonly Row[] {
  if (progress.stage === 'rolling-back' || room < 1) return [];
  const open = [...progress.objects.values()]
    .filter(({ state }) => state === 'waiting' || state === 'failed')
    .sort((a, b) => urgency(a) - urgency(b) || a.since - b.since || (a.name < b.name ? -1 : 1));
  // If the pods do not all fit, each object gets one row.
  const short = open.length * 2 > room;
  const rows: Row[] = [];
  for (const [index, object] of open.entries()) {
    const left = room - rows.length;
    const rest = open.length - index;
    // The last row counts objects without a row.
    if (left === 1 && rest > 1) return [...rows, { indent: 2, text: restText(open.slice(index)), tone: 'dim' }];
    const pods = podRows(object, now);
    const fitting = rest > 1 ? left - 2 : left - 1;
    rows.push(objectRow(object, now, short));
    if (!short) rows.push(...(pods.length <= fitting ? pods : fewer(pods, object, fitting)));
  }
  return rows;
}

/** Objects that will not become ready without help come first. */
function urgency({ state, pods }: ObjectProgress): number {
  return state === 'failed' ? 0 : [...pods.values()].some(({ phase }) => phase === 'failing') ? 1 : 2;
}

function objectRow(object: ObjectProgress, now: number, short: boolean): Row {
  const { name, message, since, pods } = object;
  const phases = short && pods.size > 0 ? `; pods: ${phasesOf([...pods.values()])}` : '';
  const mark = urgency(object) < 2 ? (['bad', '✖'] as const) : (['busy', '·'] as const);
  return { indent: 2, mark, text: `${name}  ${message}${phases}`, right: clockTime(now - since) };
}

function podRows({ pods }: ObjectProgress, now: number): readonly Row[] {
  const order = ({ phase }: PodProgress) => PHASES.indexOf(phase);
  return [...pods.values()].sort((a, b) => order(a) - order(b) || a.born - b.born).map((pod) => podRow(pod, now));
}

function podRow({ name, phase, message, since, born }: PodProgress, now: number): Row {
  if (phase === 'ready') return { indent: 6, text: `${name}  ready in ${clockTime(since - born)}`, tone: 'good' };
  const tone = phase === 'failing' || phase === 'evicted' ? ({ tone: 'bad' } as const) : {};
  const what = message.replace(/^Pulling image "(.*)"$/, '$1');
  return { indent: 6, text: `${name}  ${phase}${what === '' ? '' : `: ${what}`}`, right: clockTime(now - since), ...tone };
}

function fewer(rows: readonly Row[], { pods }: ObjectProgress, room: number): readonly Row[] {
  if (room < 1) return [];
  const hidden = [...pods.values()].sort((a, b) => PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase)).slice(room - 1);
  return [
    ...rows.slice(0, room - 1),
    { indent: 6, text: `and ${count(hidden.length, 'pod')}: ${phasesOf(hidden)}`, tone: 'dim' },
  ];
}

function restText(objects: readonly ObjectProgress[]): string {
  const pods = objects.flatMap((object) => [...object.pods.values()]);
  return `and ${objects.length} more waiting${pods.length === 0 ? '' : `; pods: ${phasesOf(pods)}`}`;
}

/** `9 loading, 3 pulling`: most important first. */
export function phasesOf(pods: readonly PodProgress[]): string {
  const counts = PHASES.map((phase) => [pods.filter((pod) => pod.phase === phase).length, phase] as const);
  return counts
    .filter(([amount]) => amount > 0)
    .map(([amount, phase]) => `${amount} ${phase}`)
    .join(', ');
}
