import type { CanaryStep, Revision } from '../release';
import { type Html, html } from './html';

/** All in pixels. */
const LEFT = 60;
const TOP = 22;
const HEIGHT = 90;
const BOTTOM = 30;
const WIDTH = 420;
const RIGHT = WIDTH - 20;

/** Maximum number of revisions with charts, the newest ones. */
const MOST = 3;

/** Course of one value over the steps of a canary. */
interface Course {
  readonly name: string;
  readonly values: readonly {
    readonly step: CanaryStep;
    readonly candidate: number;
    readonly stable?: number;
    readonly max?: number;
    readonly ok: boolean;
  }[];
}

/** Charts of the newest revisions' canaries: the candidate's fraction of the requests and the measurements, over time. */
export function canaryCharts(revisions: readonly Revision[]): Html | undefined {
  const shown = revisions.filter(({ canary }) => (canary?.length ?? 0) > 0).slice(-MOST);
  if (shown.length === 0) return undefined;
  const parts = [...shown].reverse().flatMap(({ revision, state, canary = [] }) => {
    const workloads = [...new Set(canary.map(({ workload }) => workload))];
    return workloads.map((workload) => {
      const steps = canary.filter((step) => step.workload === workload);
      const title = `Revision ${revision} ${state}: ${steps[0]?.type} of ${workload}`;
      return html`<h3>${title}</h3>
<div class="panels">${[shareOf(steps), ...coursesOf(steps)].map((course, index) => chart(course, steps, `canary-${revision}-${workload}-${index}`))}</div>
${reasonsOf(steps)}`;
    });
  });
  return html`<p class="dim">Filled points are the candidate's, rings the stable version's; the dashed line is the bound.</p>
${parts}`;
}

function shareOf(steps: readonly CanaryStep[]): Course {
  return {
    name: 'share of the requests, percent',
    values: steps.map((step) => ({ step, candidate: step.share, ok: passed(step) })),
  };
}

function coursesOf(steps: readonly CanaryStep[]): readonly Course[] {
  const names = [...new Set(steps.flatMap(({ measured }) => measured.map(({ name }) => name)))];
  return names.map((name) => ({
    name,
    values: steps.flatMap((step) =>
      step.measured
        .filter((one) => one.name === name)
        .flatMap(({ candidate, stable, max, ok }) => {
          if (candidate === undefined) return [];
          return [{ step, candidate, ok, ...(stable === undefined ? {} : { stable }), ...(max === undefined ? {} : { max }) }];
        }),
    ),
  }));
}

function chart({ name, values }: Course, steps: readonly CanaryStep[], prefix: string): Html {
  const id = prefix.replaceAll(/[^\w-]/g, '-');
  const all = values.flatMap(({ candidate, stable, max }) => [candidate, stable ?? 0, max ?? 0]);
  const high = Math.max(...all, Number.MIN_VALUE) * 1.15;
  const [begin, end] = [startOf(steps[0]), endOf(steps.at(-1))];
  const x = (time: number) => Math.round(LEFT + ((time - begin) / Math.max(end - begin, 1)) * (RIGHT - LEFT));
  const y = (value: number) => Math.round(TOP + (1 - value / high) * HEIGHT);
  const line = values
    .map(({ step, candidate }, i) => `${i === 0 ? 'M' : 'L'}${x(startOf(step))} ${y(candidate)}H${x(endOf(step))}`)
    .join('');
  const bound = values
    .map(({ step, max }) => (max === undefined ? '' : `M${x(startOf(step))} ${y(max)}H${x(endOf(step))}`))
    .join('');
  const points = values.map(({ step, candidate, stable, ok }) => {
    const at = x(endOf(step));
    const ring = stable === undefined ? false : html`<circle class="mark" cx="${at}" cy="${y(stable)}" r="4"/>`;
    return html`<g class="${ok ? 'good' : 'bad'}">${ring}<circle class="full" cx="${at}" cy="${y(candidate)}" r="4"/></g><text class="small" x="${at}" y="${y(candidate) - 8}" text-anchor="end">${number(candidate)}</text>
`;
  });
  const told = values.map(
    ({ step, candidate, stable }) =>
      `${step.share} %: ${number(candidate)}${stable === undefined ? '' : `, stable ${number(stable)}`}`,
  );
  return html`<figure><figcaption><b>${name}</b></figcaption>
<div class="scroll" role="region" aria-label="Chart of ${name}" tabindex="0"><svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id} ${id}-about" width="${WIDTH}" height="${TOP + HEIGHT + BOTTOM}" viewBox="0 0 ${WIDTH} ${TOP + HEIGHT + BOTTOM}">
<title id="${id}">${name} over time</title><desc id="${id}-about">${told.join('; ')}</desc>
<path class="axis" d="M${LEFT} ${TOP + HEIGHT}H${RIGHT}"/>
<path class="bound" d="${bound}"/><path class="course" d="${line}"/>
${points}<text class="small" x="${LEFT}" y="${TOP + HEIGHT + 20}">0 s</text><text class="small" x="${RIGHT}" y="${TOP + HEIGHT + 20}" text-anchor="end">${Math.round((end - begin) / 1000)} s</text></svg></div></figure>
`;
}

/** Reasons of steps that did not pass, one per line. */
function reasonsOf(steps: readonly CanaryStep[]): Html {
  const lines = steps
    .filter((step) => !passed(step))
    .map(({ share, verdict, reason }) => html`<li>${share} %: ${verdict}${reason !== undefined && `, ${reason}`}</li>`);
  return lines.length === 0 ? html`` : html`<ul>${lines}</ul>`;
}

function passed({ verdict }: CanaryStep): boolean {
  return verdict === 'passed' || verdict === 'promoted';
}

function startOf(step: CanaryStep | undefined): number {
  return Date.parse(step?.started ?? '') || 0;
}

function endOf(step: CanaryStep | undefined): number {
  return startOf(step) + (step?.seconds ?? 0) * 1000;
}

/** At most three significant digits. */
function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
