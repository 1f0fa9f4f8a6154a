import { relative } from 'node:path';
import type { Finding } from '../../checks';
import { formatProblem, type Problem } from '../../errors/problem';
import type { Output } from './output';
import { oneLine } from './safe';
import { painter } from './style';

type Printed = Problem & Partial<Finding>;

/** Prints findings: one line each with the file, errors first; or all of them as JSON. */
export function printFindings(
  findings: readonly Printed[],
  files: ReadonlyMap<object, string>,
  objects: number,
  output: Output,
): void {
  const fileOf = ({ object }: Printed) => (object === undefined ? undefined : shown(files.get(object) ?? ''));
  const sorted = [...findings].sort((a, b) => order(a) - order(b));
  if (output !== 'text') {
    const plain = sorted.map(({ object: _object, ...finding }, index) => ({
      file: fileOf(sorted[index] ?? finding),
      ...finding,
    }));
    if (output === 'ndjson') for (const finding of plain) process.stdout.write(`${JSON.stringify(finding)}\n`);
    else process.stdout.write(`${JSON.stringify({ objects, findings: plain }, null, 2)}\n`);
    return;
  }
  const paint = painter(process.stdout);
  for (const finding of sorted) {
    const file = fileOf(finding);
    const severity = finding.severity ?? 'error';
    process.stdout.write(
      `${paint(severity === 'error' ? 'bad' : 'warn', severity)}: ${file === undefined ? '' : `${file}: `}${oneLine(formatProblem(finding))}\n`,
    );
  }
  const count = (severity: string) => sorted.filter((one) => (one.severity ?? 'error') === severity).length;
  process.stdout.write(`${objects} objects, ${count('error')} errors, ${count('warning')} warnings\n`);
}

/** Relative to where the command runs; a file of an artifact is on no disk. */
const shown = (file: string) => (file.startsWith('oci://') ? file : relative(process.cwd(), file));
const order = ({ severity = 'error' }: Printed) => (severity === 'error' ? 0 : 1);
