import { createTwoFilesPatch } from 'diff';
import type { Difference } from '../../index';

/** Prints how an output folder differs from what would be rendered, as a unified diff. */
export function printDifferences(outdir: string, differences: readonly Difference[]): void {
  for (const { path, before, after } of differences) {
    const name = `${outdir}/${path}`;
    process.stdout.write(createTwoFilesPatch(name, name, before, after, 'as it is', 'as it would be', { context: 2 }));
  }
  const count = differences.length === 1 ? '1 file is' : `${differences.length} files are`;
  process.stdout.write(`${outdir}: ${count} not current; run serving synth\n`);
}
