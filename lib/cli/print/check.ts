import { relative } from 'node:path';
import type { Finding } from '../../checks';
import { describe, type Problem } from '../../index';

type Printed = Problem & Partial<Finding>;

/** Prints findings: one line each with the file, errors first; or all of it as JSON. */
export function printFindings(
  findings: readonly Printed[],
  files: ReadonlyMap<object, string>,
  objects: number,
  output: 'text' | 'json',
): void {
  const fileOf = ({ object }: Printed) => (object === undefined ? undefined : relative(process.cwd(), files.get(object) ?? ''));
  const sorted = [...findings].sort((a, b) => order(a) - order(b));
  if (output === 'json') {
    const plain = sorted.map(({ object: _object, ...finding }, index) => ({
      file: fileOf(sorted[index] ?? finding),
      ...finding,
    }));
    process.stdout.write(`${JSON.stringify({ objects, findings: plain }, null, 2)}\n`);
    return;
  }
  for (const finding of sorted) {
    const file = fileOf(finding);
    process.stdout.write(`${finding.severity ?? 'error'}: ${file === undefined ? '' : `${file}: `}${describe(finding)}\n`);
  }
  const count = (severity: string) => sorted.filter((one) => (one.severity ?? 'error') === severity).length;
  process.stdout.write(`${objects} objects, ${count('error')} errors, ${count('warning')} warnings\n`);
}

const order = ({ severity = 'error' }: Printed) => (severity === 'error' ? 0 : 1);
