import { createTwoFilesPatch } from 'diff';
import type { Difference } from '../../index';
import { oneLine, safeLines } from './safe';

/** Formats the differences of an output directory as a unified diff. */
export function printDifferences(outdir: string, differences: readonly Difference[]): string {
  const patches: string[] = [];
  for (const { path, before, after } of differences) {
    const name = oneLine(`${outdir}/${path}`);
    patches.push(createTwoFilesPatch(name, name, before, after, 'as it is', 'as it would be', { context: 2 }));
  }
  const count = differences.length === 1 ? '1 file is' : `${differences.length} files are`;
  return safeLines(`${patches.join('')}${oneLine(outdir)}: ${count} not current; run serving synth\n`);
}
