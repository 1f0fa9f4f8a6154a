import { cut, type Look, type Tone } from './style';

/** A table cell, colored if it has a meaning. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

const GAP = '   ';

/**
 * Formats rows below their headers, like kubectl: columns are as wide as their content. What does not fit on the screen is cut
 * from the last column.
 */
export function table(headers: readonly string[], rows: readonly (readonly Cell[])[], { paint, width }: Look): string {
  const widths = headers.map((header, i) => Math.max(header.length, ...rows.map((row) => textOf(row[i]).length)));
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + GAP.length, 0);
  const room = Math.max(width - before, 12);
  const line = (cells: readonly Cell[]): string =>
    headers
      .map((_, i) => {
        const cell = cells[i] ?? '';
        const last = i === headers.length - 1;
        const text = last ? cutAtWord(textOf(cell), room) : textOf(cell);
        const padding = last ? '' : ' '.repeat(Math.max(0, (widths[i] ?? 0) - text.length));
        return `${typeof cell === 'string' ? text : paint(cell.tone, text)}${padding}`;
      })
      .join(GAP)
      .trimEnd();
  return [line(headers), ...rows.map(line)].join('\n');
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'object' ? cell.text : (cell ?? '');
}

/** Cuts text to a width, at a word boundary if there is one in its second half. */
function cutAtWord(text: string, width: number): string {
  const short = cut(text, width);
  if (short === text) return text;
  const end = short.lastIndexOf(' ');
  return end >= width / 2 ? `${short.slice(0, end)}…` : short;
}
