import { describe, expect, it } from 'vitest';
import { crashMatrix } from './matrix';

describe('crash matrix, reduced', () => {
  it('leaves nothing stuck, left over or wrong', async () => {
    const { runs, findings } = await crashMatrix(23);
    expect([...runs.values()].flatMap((counts) => [...counts.values()]).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(
      100,
    );
    expect(findings).toEqual([]);
  }, 120_000);
});
