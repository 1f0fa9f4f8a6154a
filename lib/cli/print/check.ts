import { relative } from 'node:path';
import type { Finding } from '../../checks';
import { formatProblem, type Problem } from '../../errors/problem';
import type { Output } from './output';
import { oneLine, safeLines } from './safe';
import { count, type Paint, plain } from './style';

type Printed = Problem & Partial<Finding>;

/** Prints findings: one line each with the file, errors first; or all of them as JSON. */
export function printFindings(
  findings: readonly Printed[],
  files: ReadonlyMap<object, string>,
  objects: number,
  output: Output,
  paint: Paint = plain,
): string {
  const fileOf = ({ object }: Printed) => (object === undefined ? undefined : shown(files.get(object) ?? ''));
  const sorted = [...findings].sort((a, b) => order(a) - order(b));
  if (output !== 'text') {
    const bare = sorted.map(({ object: _object, ...finding }, index) => ({
      file: fileOf(sorted[index] ?? finding),
      ...finding,
    }));
    if (output === 'ndjson') return safeLines(bare.map((finding) => `${JSON.stringify(finding)}\n`).join(''));
    return safeLines(`${JSON.stringify({ objects, findings: bare }, null, 2)}\n`);
  }
  const lines = sorted.map((finding) => {
    const file = fileOf(finding);
    const severity = finding.severity ?? 'error';
    const text = oneLine(`${file === undefined ? '' : `${file}: `}${formatProblem(finding)}`);
    return `${paint(severity === 'error' ? 'bad' : 'warn', severity)}: ${text}\n`;
  });
  const found = (severity: string) => count(sorted.filter((one) => (one.severity ?? 'error') === severity).length, severity);
  return safeLines(`${lines.join('')}${count(objects, 'object')}, ${found('error')}, ${found('warning')}\n`);
}

/** Relative to the working directory; a file of an artifact is not on disk. */
const shown = (file: string) => (file.startsWith('oci://') ? file : relative(process.cwd(), file));
const order = ({ severity = 'error' }: Printed) => (severity === 'error' ? 0 : 1);
