import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ROOT } from '../../harness/project';
import { crashMatrix } from '../matrix';
import { SCENARIOS } from '../scenarios';

/** Half of the whole matrix, so that two cores share it; leaves its counts for the table. */
export async function part(index: 0 | 1): Promise<void> {
  const { runs, findings } = await crashMatrix(2, SCENARIOS, undefined, index);
  const counts = Object.fromEntries([...runs].map(([name, faults]) => [name, Object.fromEntries(faults)]));
  mkdirSync(join(ROOT, 'build/crash-matrix'), { recursive: true });
  writeFileSync(join(ROOT, `build/crash-matrix/${index}.json`), JSON.stringify({ counts, findings }));
  expect(findings).toEqual([]);
}
