import { createTwoFilesPatch } from 'diff';
import type { Difference } from '../../index';
import { oneLine, safeLines } from './safe';
import { count } from './style';

/** Formats the differences of an output directory as a unified diff. */
export function printDifferences(outdir: string, differences: readonly Difference[]): string {
  const patches: string[] = [];
  for (const { path, before, after } of differences) {
    const name = oneLine(`${outdir}/${path}`);
    patches.push(createTwoFilesPatch(name, name, before, after, 'as it is', 'as it would be', { context: 2 }));
  }
  const files = `${count(differences.length, 'file')} ${differences.length === 1 ? 'is' : 'are'}`;
  return safeLines(`${patches.join('')}${oneLine(outdir)}: ${files} not current; run serving synth\n`);
}
