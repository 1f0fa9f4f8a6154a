import type { Drift } from './live';
import type { Cell, Matrix, Row } from './matrix';

/** Result of `serving parity`. */
export interface Report extends Matrix {
  readonly drift?: readonly Drift[];
}

/** Formats a value in a few characters. */
export function show(cell: Cell | undefined): string {
  if (cell === undefined) return '–';
  if (cell === 'absent') return 'absent';
  const value = typeof cell.value === 'string' ? cell.value : JSON.stringify(cell.value);
  return value.length > 60 ? `${value.slice(0, 57)}...` : value;
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
  const value = (one: unknown) => (one === undefined ? 'absent' : show({ value: one }));
  return `${environment} ${stack} ${object}${path === '' ? '' : ` ${path}`}: rendered ${value(rendered)}, runs ${value(live)}`;
}
