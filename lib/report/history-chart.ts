import { stableName } from '../kube/flatten';
import type { JudgedMetric, Revision, RevisionState } from '../release';
import { type Html, html } from './html';
import { STATE_TONES } from './signs';

/** One metric of one gate over the revisions that measured it. */
export interface Series {
  readonly metric: string;
  /** Name of the gate, without the content hash. */
  readonly gate: string;
  readonly points: readonly { readonly revision: number; readonly state: RevisionState; readonly judged: JudgedMetric }[];
}

/** All in pixels. */
const LEFT = 60;
const TOP = 22;
const HEIGHT = 130;
const BOTTOM = 46;
const STEP = 30;
const NARROWEST = 340;

/** The metrics that gates have reported, by gate and metric, oldest first. */
export function seriesOf(revisions: readonly Revision[]): readonly Series[] {
  const found = new Map<string, { metric: string; gate: string; points: Series['points'][number][] }>();
  for (const { revision, state, gates } of revisions) {
    for (const { name, metrics } of gates) {
      for (const judged of metrics) {
        const gate = stableName(name);
        const key = `${gate} ${judged.name}`;
        const series = found.get(key) ?? { metric: judged.name, gate, points: [] };
        found.set(key, series);
        series.points.push({ revision, state, judged });
      }
    }
  }
  return [...found.values()];
}

/** Renders a chart per metric, with its thresholds as lines. The shape of a point shows how its revision ended. */
export function historyCharts(revisions: readonly Revision[]): Html {
  const series = seriesOf(revisions);
  if (series.length === 0) return html`<p class="dim">No gate has reported numbers.</p>`;
  const states = [...new Set(revisions.map(({ state }) => state))];
  return html`<ul class="legend">${states.map((state) => html`<li>${stateMark(state)}${state}</li>`)}<li><svg width="26" height="16" aria-hidden="true"><path class="bound" d="M1 8h24"/></svg>threshold</li></ul>
<div class="panels">${series.map((one) => chart(one, revisions))}</div>
`;
}

/** The shape of a state, for use next to its name. */
export function stateMark(state: RevisionState): Html {
  return html`<svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">${shape(state, 0, 0)}</svg>`;
}

function shape(state: RevisionState, x: number, y: number): Html {
  const paths: Readonly<Record<RevisionState, readonly [kind: string, path: string]>> = {
    deployed: ['full', 'm-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0'],
    superseded: ['mark', 'm-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0'],
    rejected: ['mark', 'm-4.5-4.5l9 9m0-9l-9 9'],
    'rolled-back': ['mark', 'm-5-4h10l-5 9z'],
    failed: ['full', 'm-5-5h10v10h-10z'],
  };
  const [kind, path] = paths[state];
  return html`<g class="${STATE_TONES[state]}"><path class="${kind}" d="M${x} ${y}${path}"/></g>`;
}

function chart({ metric, gate, points }: Series, revisions: readonly Revision[]): Html {
  const bounds = points.flatMap(({ judged }) =>
    [judged.threshold?.min, judged.threshold?.max].filter((one) => one !== undefined),
  );
  const [low, high] = rangeOf([...points.map(({ judged }) => judged.value), ...bounds]);
  const width = Math.max(NARROWEST, LEFT + revisions.length * STEP + 20);
  const step = (width - LEFT - 20) / revisions.length;
  const x = (revision: number) => Math.round(LEFT + (revisions.findIndex((one) => one.revision === revision) + 0.5) * step);
  const y = (value: number) => Math.round(TOP + (1 - (value - low) / (high - low)) * HEIGHT);
  const lines = (['min', 'max'] as const).flatMap((side) => {
    const bound = points.flatMap(({ revision, judged }) => {
      const at = judged.threshold?.[side];
      return at === undefined ? [] : [{ revision, at }];
    });
    const last = bound.at(-1);
    if (last === undefined) return [];
    // Up to the next one, or to the end.
    const ends = [...bound.slice(1).map((next) => x(next.revision) - step / 2), width - 20];
    const path = bound
      .map((one, index) => `M${Math.round(x(one.revision) - step / 2)} ${y(one.at)}H${Math.round(ends[index] ?? 0)}`)
      .join('');
    const label = `${side === 'min' ? '≥' : '≤'} ${last.at}`;
    return html`<path class="bound" d="${path}"/><text class="small" x="${LEFT - 6}" y="${y(last.at) + 4}" text-anchor="end">${label}</text>
`;
  });
  // Revisions that were rolled back or refused never served, so the line skips them.
  const served = points.filter(({ state }) => state === 'deployed' || state === 'superseded');
  const course = served
    .map(({ revision, judged }, index) => `${index === 0 ? 'M' : 'L'}${x(revision)} ${y(judged.value)}`)
    .join('');
  const last = points.at(-1);
  const marks = points.map((point) => {
    const { revision, state, judged } = point;
    const told = point === last || !judged.ok;
    const at = [x(revision), y(judged.value)] as const;
    return html`${shape(state, ...at)}${told && html`<text x="${at[0]}" y="${at[1] - 9}" text-anchor="middle">${number(judged.value)}</text>`}
`;
  });
  const bottom = TOP + HEIGHT;
  const shown = revisions.map(
    ({ revision, state }) =>
      html`<text class="small" x="${x(revision)}" y="${bottom + 18}" text-anchor="middle">${revision}</text>${shape(state, x(revision), bottom + 33)}
`,
  );
  const id = `chart-${gate}-${metric}`.replaceAll(/[^\w-]/g, '-');
  return html`<figure><figcaption><b>${metric}</b> <span class="dim">${gate}</span></figcaption>
<div class="scroll" role="region" aria-label="Chart of ${metric}" tabindex="0"><svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id} ${id}-about" width="${width}" height="${TOP + HEIGHT + BOTTOM}" viewBox="0 0 ${width} ${TOP + HEIGHT + BOTTOM}">
<title id="${id}">${metric} by revision</title><desc id="${id}-about">${points.map(describePoint).join('; ')}</desc>
<path class="axis" d="M${LEFT} ${TOP + HEIGHT + 4}H${width - 20}"/>
${lines}<path class="course" d="${course}"/>
${marks}${shown}</svg></div></figure>
`;
}

function describePoint({ revision, state, judged: { value, ok } }: Series['points'][number]): string {
  return `revision ${revision} ${state}: ${number(value)}${ok ? '' : ', not as it has to be'}`;
}

/** The minimum and maximum, with some margin. */
function rangeOf(values: readonly number[]): readonly [low: number, high: number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) * 0.15 || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

/** At most four significant digits. */
function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
