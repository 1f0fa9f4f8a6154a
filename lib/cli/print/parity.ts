import type { Row } from '../../index';
import { driftLine, placeOf, type Report, show, summary } from '../../parity/report';

/** The report as text, Markdown for a pull request, or JSON. `all` shows equal fields too. */
export function printParity(report: Report, output: string, all: boolean): string {
  const shown = all ? report.rows : report.rows.filter(({ equal }) => !equal);
  if (output === 'json') return `${JSON.stringify({ ...report, rows: shown }, null, 2)}\n`;
  return output === 'markdown' ? markdown(report, shown) : text(report, shown);
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
