import type { PlanAction } from '../release';
import { Html, html } from './html';
import { layout, type Place } from './layout';
import { SIGNS, TONES } from './signs';
import type { Wiring, WiringNode } from './wiring';

/** All in pixels. */
const STEP = 196;
const ROW = 96;
const BOX = { width: 176, height: 50 } as const;
const EDGE = 10;

/** Plan actions of nodes, by node ID. */
export type Marks = ReadonlyMap<string, PlanAction>;

/** Renders a graph as a picture, callers above callees. `style`: its own style, if it is standalone. */
export function wiringPicture({ nodes, edges }: Wiring, marks: Marks = new Map(), style?: string): Html {
  const { width, rows, places, bends } = layout(
    nodes.map(({ id }) => id),
    edges,
  );
  const middle = ({ x, row }: Place): readonly [x: number, y: number] => [
    Math.round(x * STEP) + EDGE,
    row * ROW + BOX.height / 2 + EDGE,
  ];
  const size = [Math.round(width * STEP) + 2 * EDGE, (Math.max(rows, 1) - 1) * ROW + BOX.height + 2 * EDGE] as const;
  const wires = edges.map(({ from, to, by }, index) => {
    const stops = [places.get(from), ...(bends[index] ?? []), places.get(to)].flatMap((one) => (one ? [middle(one)] : []));
    const sure = by.some((one) => one !== 'network policy');
    return html`<path class="wire${!sure && ' loose'}" marker-end="url(#head)" d="${pathThrough(stops)}"/>
`;
  });
  const boxes = nodes.map((node) => box(node, middle(places.get(node.id) ?? { x: 0, row: 0 }), marks.get(node.id)));
  return html`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="wiring-name wiring-about" width="${size[0]}" height="${size[1]}" viewBox="0 0 ${size[0]} ${size[1]}">
<title id="wiring-name">Wiring graph</title><desc id="wiring-about">${describeWiring({ nodes, edges })}</desc>
${style !== undefined && html`<style>${new Html(style)}</style>`}<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>
${wires}${boxes}</svg>
`;
}

/** Describes the graph, one sentence for each node that calls another. */
function describeWiring({ nodes, edges }: Wiring): string {
  const name = new Map(nodes.map((node) => [node.id, node.name]));
  const sentences = nodes.flatMap(({ id }) => {
    const called = edges.flatMap(({ from, to }) => (from === id ? (name.get(to) ?? to) : []));
    return called.length === 0 ? [] : [`${name.get(id)} calls ${called.join(', ')}.`];
  });
  return sentences.join(' ') || 'Nothing calls anything.';
}

function box({ id, name, role, about }: WiringNode, [x, y]: readonly [number, number], action?: PlanAction): Html {
  const [left, top] = [x - BOX.width / 2, y - BOX.height / 2];
  const round = role === 'entry' ? BOX.height / 2 : 6;
  const mark = action !== undefined && action !== 'unchanged';
  return html`<g class="${role}${mark && html` changed ${TONES[action]}`}"><title>${id}</title><rect class="box" x="${left}" y="${top}" width="${BOX.width}" height="${BOX.height}" rx="${round}"/>
<text class="name" x="${x}" y="${y - 4}" text-anchor="middle">${short(name, 20)}</text><text class="small" x="${x}" y="${y + 14}" text-anchor="middle">${short(about, 27)}</text>${
    mark &&
    html`<g class="${TONES[action]}"><text class="name tone" x="${left + BOX.width - 8}" y="${top + 15}" text-anchor="end">${SIGNS[action]}</text></g>`
  }</g>
`;
}

/** A path down through the stops: straight past a row's boxes, bent between the rows. Upwards where a cycle closes. */
function pathThrough(stops: readonly (readonly [x: number, y: number])[]): string {
  const [[x, y] = [0, 0]] = stops;
  const turn = (stops.at(-1)?.[1] ?? y) >= y ? BOX.height / 2 : -BOX.height / 2;
  const parts = [`M${x} ${y + turn}`];
  for (const [index, [x2, y2]] of stops.entries()) {
    const before = stops[index - 1];
    if (before === undefined) continue;
    const [from, to] = [before[1] + turn, y2 - turn];
    const half = (from + to) / 2;
    parts.push(`C${before[0]} ${half} ${x2} ${half} ${x2} ${to}`);
    if (index < stops.length - 1) parts.push(`V${y2 + turn}`);
  }
  return parts.join('');
}

function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
