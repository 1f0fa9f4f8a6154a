import { describe, expect, it } from 'vitest';
import { type Buckets, chanceOfWorse, slowerThanStable } from '../../lib/metrics/statistics';

describe('chanceOfWorse', () => {
  // Sums of exact fractions of binomial coefficients, computed with integers of any length.
  it.each([
    [{ bad: 5, all: 100 }, { bad: 0, all: 900 }, 9.125437844e-6],
    [{ bad: 1, all: 100 }, { bad: 9, all: 900 }, 0.653072285],
    [{ bad: 8, all: 50 }, { bad: 2, all: 50 }, 0.045823577],
    [{ bad: 12, all: 200 }, { bad: 20, all: 1000 }, 0.003372582],
    [{ bad: 0, all: 100 }, { bad: 0, all: 900 }, 1],
    [{ bad: 100, all: 100 }, { bad: 0, all: 100 }, 0],
    // Beyond the smallest number that a double has.
    [{ bad: 1000, all: 1000 }, { bad: 0, all: 1000 }, 0],
    [{ bad: 1000, all: 1000 }, { bad: 1000, all: 1000 }, 1],
  ])('%j against %j', async (candidate, stable, chance) => {
    expect(await chanceOfWorse(candidate, stable)).toBeCloseTo(chance, 8);
  });

  it('takes as much time for a million requests as for a hundred', async () => {
    expect(await chanceOfWorse({ bad: 5_200, all: 500_000 }, { bad: 5_000, all: 500_000 })).toBeLessThan(0.05);
    expect(await chanceOfWorse({ bad: 5_000, all: 500_000 }, { bad: 5_000, all: 500_000 })).toBeGreaterThan(0.4);
  });
});

describe('slowerThanStable', () => {
  const stable: Buckets = [
    [0.1, 500],
    [0.25, 990],
    [0.5, 1000],
    [Number.POSITIVE_INFINITY, 1000],
  ];

  it('counts what is beyond the bucket of the quantile', () => {
    const candidate: Buckets = [
      [0.1, 0],
      [0.25, 20],
      [0.5, 60],
      [Number.POSITIVE_INFINITY, 100],
    ];
    expect(slowerThanStable(candidate, stable, 0.99)).toEqual([
      { bad: 80, all: 100 },
      { bad: 10, all: 1000 },
    ]);
  });

  it('takes the last finite bucket where the quantile is beyond it', () => {
    const open: Buckets = [
      [0.1, 500],
      [Number.POSITIVE_INFINITY, 1000],
    ];
    expect(slowerThanStable(open, open, 0.99)).toEqual([
      { bad: 500, all: 1000 },
      { bad: 500, all: 1000 },
    ]);
  });
});
