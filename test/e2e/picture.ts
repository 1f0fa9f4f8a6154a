import type { Recording } from './recording';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [960, 300, 50, 10, 40, 40];
const COLOURS: Readonly<Record<string, string>> = { 'v2.1.0': '#4e79a7', 'v2.2.0': '#59a14f', failed: '#d62728' };
const OTHER = '#f28e2b';

/** Requests per second by the version that answered, over time, as one SVG; the same recording gives the same bytes. */
export function picture({ steps, sent }: Recording): string {
  const began = Math.min(...sent.map(({ at }) => at));
  const seconds = Math.ceil((Math.max(...sent.map(({ at }) => at)) - began) / 1000) + 1;
  const kind = ({ status, model }: Recording['sent'][number]) => (status === 200 && model !== undefined ? model : 'failed');
  const kinds = [...new Set(sent.map(kind))].sort();
  const counts = new Map(kinds.map((name) => [name, new Array<number>(seconds).fill(0)]));
  for (const one of sent) {
    const row = counts.get(kind(one)) ?? [];
    const second = Math.floor((one.at - began) / 1000);
    row[second] = (row[second] ?? 0) + 1;
  }
  const totals = Array.from({ length: seconds }, (_, i) => kinds.reduce((sum, name) => sum + (counts.get(name)?.[i] ?? 0), 0));
  const top = Math.max(...totals);
  const x = (second: number) => round(LEFT + (second / seconds) * (WIDTH - LEFT - RIGHT));
  const y = (count: number) => round(HEIGHT - BOTTOM - (count / top) * (HEIGHT - TOP - BOTTOM));
  const text = (at: string, words: string, more = '') => `<text ${at} ${more}>${words}</text>`;

  const bands = steps.map(({ from, to }, i) => {
    const [left, right] = [x((from - began) / 1000), x((to - began) / 1000)];
    return [
      `<rect x="${left}" y="${TOP}" width="${round(right - left)}" height="${HEIGHT - TOP - BOTTOM}" fill="#888" opacity="0.15"/>`,
      text(`x="${round((left + right) / 2)}" y="${TOP - 6}"`, String(i + 1), 'text-anchor="middle" font-weight="bold"'),
    ].join('\n');
  });
  let below = new Array<number>(seconds).fill(0);
  const areas = kinds.map((name) => {
    const bottom = below;
    below = below.map((count, i) => count + (counts.get(name)?.[i] ?? 0));
    const edge = (row: readonly number[]) => row.flatMap((count, i) => [`${x(i)},${y(count)}`, `${x(i + 1)},${y(count)}`]);
    const outline = [...edge(below), ...edge(bottom).reverse()].join(' ');
    return `<polygon points="${outline}" fill="${COLOURS[name] ?? OTHER}"/>`;
  });
  const legend = kinds.map((name, i) => {
    const left = LEFT + 110 * i;
    const total = counts.get(name)?.reduce((sum, count) => sum + count, 0);
    return `<rect x="${left}" y="6" width="12" height="12" fill="${COLOURS[name] ?? OTHER}"/>${text(`x="${left + 16}" y="16"`, `${name}: ${total}`)}`;
  });
  const ticks = Array.from({ length: Math.floor(seconds / 20) + 1 }, (_, i) =>
    text(`x="${x(i * 20)}" y="${HEIGHT - BOTTOM + 16}"`, `${i * 20} s`, 'text-anchor="middle"'),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...areas,
    ...bands,
    ...legend,
    ...ticks,
    text(`x="${LEFT - 6}" y="${y(top) + 4}"`, `${top}/s`, 'text-anchor="end"'),
    text(`x="${LEFT - 6}" y="${y(0)}"`, '0', 'text-anchor="end"'),
    '</svg>',
    '',
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
