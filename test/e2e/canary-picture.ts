import { type CanaryRecording, versionOf } from './canary-traffic';
import type { Sent } from './images/client';

const [WIDTH, LEFT, RIGHT, TOP, PANEL, GAP] = [960, 60, 10, 40, 110, 34];
const COLOURS = ['#4e79a7', '#59a14f', '#d62728', '#b07aa1', '#f28e2b'];
/** Seconds that one point sums up. */
const POINT = 2;

/** Weight of the candidate, share of the responses, errors and latency over time, as one SVG. */
export function canaryPicture({ steps, sent, weights }: CanaryRecording): string {
  const began = Math.min(...sent.map(({ at }) => at));
  const seconds = (Math.max(...sent.map(({ at }) => at)) - began) / 1000;
  const versions = [...new Set(sent.flatMap((one) => versionOf(one) ?? []))].sort();
  const colour = (version: string) => COLOURS[versions.indexOf(version)] ?? '#888';
  const x = (at: number) => round(LEFT + ((at - began) / 1000 / seconds) * (WIDTH - LEFT - RIGHT));
  const points = Array.from({ length: Math.ceil(seconds / POINT) }, (_, index) => {
    const from = began + index * POINT * 1000;
    return { from, during: sent.filter(({ at }) => at >= from && at < from + POINT * 1000) };
  });

  const weight = [{ at: began, percent: 0 }, ...weights].flatMap(({ at, percent }, index, all) => {
    const next = all[index + 1]?.at ?? began + seconds * 1000;
    return [
      [at, percent],
      [next, percent],
    ] as const;
  });
  const series = (of: (during: readonly Sent[]) => number | undefined) =>
    versions.map((version) => ({
      colour: colour(version),
      line: points.flatMap(({ from, during }) => {
        const value = of(during.filter((one) => versionOf(one) === version));
        return value === undefined ? [] : [[from + (POINT * 1000) / 2, value] as const];
      }),
    }));
  const shares = versions.map((version) => ({
    colour: colour(version),
    line: points.map(({ from, during }) => {
      const own = during.filter((one) => versionOf(one) === version).length;
      return [from + (POINT * 1000) / 2, during.length === 0 ? 0 : (100 * own) / during.length] as const;
    }),
  }));
  const errors = series((own) =>
    own.length < 5 ? undefined : (100 * own.filter(({ status }) => status !== 200).length) / own.length,
  );
  const latency = series((own) =>
    own.length < 5
      ? undefined
      : quantile(
          own.map(({ ms }) => ms),
          0.5,
        ),
  );
  const panels = [
    {
      title: 'weight of the candidate (black) and share of the responses by version, %',
      top: 100,
      lines: [...shares, { colour: '#000', line: weight }],
    },
    { title: 'errors by version, %', top: 15, lines: errors },
    { title: 'median time of a response by version, ms', top: 250, lines: latency },
  ];
  const height = TOP + panels.length * (PANEL + GAP) + 10;
  const drawn = panels.flatMap(({ title, top, lines }, index) => {
    const upper = TOP + index * (PANEL + GAP) + 16;
    const y = (value: number) => round(upper + PANEL - 16 - (Math.min(value, top) / top) * (PANEL - 16));
    return [
      text(LEFT, upper - 6, title),
      text(LEFT - 6, y(top) + 4, String(top), 'end'),
      text(LEFT - 6, y(0), '0', 'end'),
      `<path d="M${LEFT} ${y(0)}H${WIDTH - RIGHT}" stroke="#888"/>`,
      ...lines.map(
        ({ line, colour: stroke }) =>
          `<polyline points="${line.map(([at, value]) => `${x(at)},${y(value)}`).join(' ')}" fill="none" stroke="${stroke}" stroke-width="1.5"/>`,
      ),
    ];
  });
  const bands = steps.map(({ from, to }, index) => {
    const [left, right] = [x(from), x(to)];
    const band = `<rect x="${left}" y="${TOP}" width="${round(right - left)}" height="${height - TOP - 30}" fill="#888" opacity="0.12"/>`;
    return `${band}\n${text(round((left + right) / 2), TOP - 4, String(index + 1), 'middle')}`;
  });
  const legend = versions.map((version, index) => {
    const left = LEFT + 160 * index;
    return `<rect x="${left}" y="6" width="12" height="12" fill="${colour(version)}"/>${text(left + 16, 16, version)}`;
  });
  const ticks = Array.from({ length: Math.floor(seconds / 20) + 1 }, (_, index) =>
    text(x(began + index * 20_000), height - 6, `${index * 20} s`, 'middle'),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...bands,
    ...drawn,
    ...legend,
    ...ticks,
    '</svg>',
    '',
  ].join('\n');
}

function text(x: number, y: number, words: string, anchor = 'start'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${words}</text>`;
}

/** A quantile of some numbers. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(at * sorted.length) - 1)] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
