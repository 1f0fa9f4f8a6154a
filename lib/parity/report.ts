import type { Drift } from './live';
import type { Cell, Matrix, Row } from './matrix';

/** Result of `serving parity`. */
export interface Report extends Matrix {
  readonly drift?: readonly Drift[];
}

/** A row's values in at most `width` characters each. Long ones lose what they start with in common, so that the difference shows. */
export function valuesOf({ cells }: Pick<Row, 'cells'>, environments: readonly string[], width = 60): readonly string[] {
  const values = environments.map((name) => textOf(cells[name]));
  const long = [...new Set(values.filter((value) => value.length > width))];
  const start = long.length < 2 ? '' : commonStart(long);
  return values.map((value) => {
    const rest = start !== '' && value.length > width ? `…${value.slice(start.length)}` : value;
    return rest.length > width ? `${rest.slice(0, width - 1)}…` : rest;
  });
}

/** What all texts start with, up to a separator if there is one. */
function commonStart(texts: readonly string[]): string {
  const [first = ''] = texts;
  let end = 0;
  while (end < first.length && texts.every((text) => text[end] === first[end])) end += 1;
  const start = first.slice(0, end);
  return /^.*[/:@=, ]/s.exec(start)?.[0] ?? start;
}

function textOf(cell: Cell | undefined): string {
  if (cell === undefined) return '–';
  if (cell === 'absent') return 'absent';
  return typeof cell.value === 'string' ? cell.value : JSON.stringify(cell.value);
}

/** Formats the location of a row. */
export function placeOf({ stack, component, object, path }: Row): string {
  return `${stack} ${component} ${object}${path === '' ? '' : ` ${path}`}`;
}

/** Summarizes the result in one line. */
export function summary({ rows, undeclared, unused, drift }: Report): string {
  const different = rows.filter(({ equal }) => !equal).length;
  const live = drift === undefined ? '' : `, ${drift.length} run otherwise than rendered`;
  return `${rows.length} fields and objects, ${different} differ: ${different - undeclared.length} declared, ${undeclared.length} not${live}; ${unused.length} declarations unused`;
}

/** Formats a drifted field as a line. */
export function driftLine({ environment, stack, object, path, rendered, live }: Drift): string {
  const cell = (value: unknown) => (value === undefined ? 'absent' : { value });
  const [before, now] = valuesOf({ cells: { rendered: cell(rendered), live: cell(live) } }, ['rendered', 'live']);
  return `${environment} ${stack} ${object}${path === '' ? '' : ` ${path}`}: rendered ${before}, runs ${now}`;
}
