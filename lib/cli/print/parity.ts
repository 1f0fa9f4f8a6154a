import type { Row } from '../../index';
import { driftLine, placeOf, type Report, summary, valuesOf } from '../../parity/report';
import { inline, oneLine, safe } from './safe';
import { type Look, PLAIN } from './style';
import { table } from './table';

/** Formats the report as text, Markdown for a pull request, or JSON. `all`: whether to include equal fields. */
export function printParity(report: Report, output: string, all: boolean, look: Look = PLAIN): string {
  const shown = all ? report.rows : report.rows.filter(({ equal }) => !equal);
  if (output === 'json') return `${safe(JSON.stringify({ ...report, rows: shown }, null, 2))}\n`;
  return output === 'markdown' ? markdown(report, shown) : text(report, shown, look);
}

/** Longer values are cut, so that the environments fit next to each other. */
const LONGEST_VALUE = 28;

/** Undeclared differences first: they need a decision. */
function text(report: Report, rows: readonly Row[], look: Look): string {
  const undeclared = rows.filter(({ equal, reason }) => !equal && reason === undefined);
  const declared = rows.filter(({ reason }) => reason !== undefined);
  const drift = (report.drift ?? []).map((one) => oneLine(driftLine(one)));
  const live = drift.length === 0 ? [] : [look.paint('strong', 'LIVE OBJECTS THAT DIFFER FROM THE RENDERED ONES'), ...drift, ''];
  return `${[
    ...section('UNDECLARED DIFFERENCES', undeclared, report, look),
    ...live,
    ...report.unused.map((one) => `unused declaration: ${oneLine(JSON.stringify(one))}`),
    ...section('DECLARED DIFFERENCES', declared, report, look),
    ...section(
      'EQUAL',
      rows.filter(({ equal }) => equal),
      report,
      look,
    ),
    summary(report),
  ].join('\n')}\n`;
}

/** Prints a table per object and reason: the environments' values, then the field. */
function section(title: string, rows: readonly Row[], { environments }: Report, look: Look): readonly string[] {
  if (rows.length === 0) return [];
  const headers = [...environments.map((name) => name.toUpperCase()), 'FIELD'];
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const reason = row.reason === undefined ? '' : `: ${row.reason}`;
    const heading = oneLine(`${placeOf({ ...row, path: '' })}${reason}`);
    groups.set(heading, [...(groups.get(heading) ?? []), row]);
  }
  const tables = [...groups].flatMap(([heading, some]) => {
    const cells = some.map((row) => [
      ...valuesOf(row, environments, LONGEST_VALUE).map(oneLine),
      oneLine(row.path) || '(the object)',
    ]);
    return [heading, table(headers, cells, look).replaceAll(/^/gm, '  '), ''];
  });
  return [look.paint('strong', title), ...tables];
}

function markdown(report: Report, rows: readonly Row[]): string {
  const table = (title: string, some: readonly Row[]) => {
    if (some.length === 0) return [];
    const line = (row: Row) =>
      `| ${[placeOf(row), ...valuesOf(row, report.environments), row.reason ?? ''].map(inline).join(' | ')} |`;
    const head = `| | ${report.environments.map(inline).join(' | ')} | reason |`;
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
      : ['', '### Runs otherwise than rendered', '', ...(report.drift ?? []).map((one) => `- ${inline(driftLine(one))}`)]),
    ...table(
      'Declared',
      rows.filter(({ reason }) => reason !== undefined),
    ),
    ...table(
      'Equal',
      rows.filter(({ equal }) => equal),
    ),
    ...report.unused.map((one) => `\nNothing needs the declaration ${inline(JSON.stringify(one))}.`),
  ].join('\n')}\n`;
}
