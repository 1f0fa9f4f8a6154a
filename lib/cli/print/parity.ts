import type { Cell, Drift, Matrix, Row } from '../../index';
import { parityPage } from './parity-html';

/** What `serving parity` has found. */
export interface Report extends Matrix {
  readonly drift?: readonly Drift[];
}

/** The report as text, Markdown for a pull request, JSON, or one self-contained HTML page. `all` shows equal fields too. */
export function printParity(report: Report, output: string, all: boolean): string {
  const shown = all ? report.rows : report.rows.filter(({ equal }) => !equal);
  if (output === 'json') return `${JSON.stringify({ ...report, rows: shown }, null, 2)}\n`;
  if (output === 'html') return parityPage(report, report.rows);
  return output === 'markdown' ? markdown(report, shown) : text(report, shown);
}

/** A value in a few characters. */
export function show(cell: Cell | undefined): string {
  if (cell === undefined) return '–';
  if (cell === 'absent') return 'absent';
  const value = typeof cell.value === 'string' ? cell.value : JSON.stringify(cell.value);
  return value.length > 60 ? `${value.slice(0, 57)}...` : value;
}

/** What a row is about. */
export function placeOf({ stack, component, object, path }: Row): string {
  return `${stack} ${component} ${object}${path === '' ? '' : ` ${path}`}`;
}

/** The verdict in one line. */
export function summary({ rows, undeclared, unused, drift }: Report): string {
  const different = rows.filter(({ equal }) => !equal).length;
  const live = drift === undefined ? '' : `, ${drift.length} run otherwise than rendered`;
  return `${rows.length} fields and objects, ${different} differ: ${different - undeclared.length} declared, ${undeclared.length} not${live}; ${unused.length} declarations unused`;
}

/** A field that runs otherwise, as a line. */
export function driftLine({ environment, stack, object, path, rendered, live }: Drift): string {
  const value = (one: unknown) => (one === undefined ? 'absent' : show({ value: one }));
  return `${environment} ${stack} ${object}${path === '' ? '' : ` ${path}`}: rendered ${value(rendered)}, runs ${value(live)}`;
}

function text(report: Report, rows: readonly Row[]): string {
  const lines = rows.flatMap((row) => [
    `${row.equal ? ' ' : row.reason === undefined ? '!' : '~'} ${placeOf(row)}`,
    ...(row.equal ? [] : Object.entries(row.cells).map(([environment, cell]) => `      ${environment.padEnd(10)} ${show(cell)}`)),
    ...(row.reason === undefined ? [] : [`      because    ${row.reason}`]),
  ]);
  const unused = report.unused.map((one) => `! nothing needs the declaration ${JSON.stringify(one)}`);
  return `${[...lines, ...(report.drift ?? []).map((one) => `! ${driftLine(one)}`), ...unused, summary(report)].join('\n')}\n`;
}

function markdown(report: Report, rows: readonly Row[]): string {
  const cell = (value: string) => value.replaceAll('|', '\\|');
  const table = (title: string, some: readonly Row[]) => {
    if (some.length === 0) return [];
    const line = (row: Row) =>
      `| ${cell(placeOf(row))} | ${report.environments.map((name) => cell(show(row.cells[name]))).join(' | ')} | ${cell(row.reason ?? '')} |`;
    const head = `| | ${report.environments.join(' | ')} | reason |`;
    return ['', `### ${title}`, '', head, `|---|${report.environments.map(() => '---|').join('')}---|`, ...some.map(line)];
  };
  return `${[
    `**Environments:** ${summary(report)}`,
    ...table(
      'Not declared',
      rows.filter(({ equal, reason }) => !equal && reason === undefined),
    ),
    ...((report.drift ?? []).length === 0
      ? []
      : ['', '### Runs otherwise than rendered', '', ...(report.drift ?? []).map((one) => `- ${driftLine(one)}`)]),
    ...table(
      'Declared',
      rows.filter(({ reason }) => reason !== undefined),
    ),
    ...table(
      'Equal',
      rows.filter(({ equal }) => equal),
    ),
    ...report.unused.map((one) => `\nNothing needs the declaration \`${JSON.stringify(one)}\`.`),
  ].join('\n')}\n`;
}
