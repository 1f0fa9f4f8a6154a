import { OBEYED } from '../errors/obeyed';
import { PICTURE_STYLE } from './style';
import type { Wiring } from './wiring';
import { wiringPicture } from './wiring-picture';

/** Renders a graph as an SVG file. */
export function wiringSvg(graph: Wiring): string {
  return wiringPicture(graph, undefined, PICTURE_STYLE).toString();
}

/** Renders a graph as a Mermaid flowchart, which GitHub and GitLab display in Markdown. */
export function wiringMermaid({ nodes, edges }: Wiring): string {
  const id = new Map(nodes.map((node, index) => [node.id, `n${index}`]));
  const quoted = (text: string) =>
    `"${text.replaceAll(/\s+/g, ' ').replaceAll(OBEYED, '').replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`;
  const shapes = { workload: ['[', ']'], gate: ['{{', '}}'], entry: ['([', '])'], external: ['[/', '/]'] } as const;
  const boxes = nodes.map(({ id: of, name, role, about }) => {
    const [open, close] = shapes[role];
    return `  ${id.get(of)}${open}${quoted(`${name}, ${about}`)}${close}`;
  });
  const wires = edges.map(({ from, to, by }) => `  ${id.get(from)} -->|${quoted(by.join(', '))}| ${id.get(to)}`);
  return ['flowchart TD', ...boxes, ...wires, ''].join('\n');
}
