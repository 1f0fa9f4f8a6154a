import { describe, expect, it } from 'vitest';
import { crashMatrix } from './matrix';
import { SCENARIOS } from './scenarios';

describe('crash matrix, reduced', () => {
  it('leaves nothing stuck, left over or wrong', async () => {
    const shifting = ({ name }: { readonly name: string }) => /canary|shadow/.test(name);
    const { runs, findings } = await crashMatrix(
      23,
      SCENARIOS.filter((one) => !shifting(one)),
    );
    // Each takes ten times as many requests of the watches; `npm run crash-matrix` disturbs all of them.
    const shifted = await crashMatrix(149, SCENARIOS.filter(shifting));
    expect(shifted.findings).toEqual([]);
    expect([...runs.values()].flatMap((counts) => [...counts.values()]).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(
      100,
    );
    expect(findings).toEqual([]);
  }, 120_000);
});
