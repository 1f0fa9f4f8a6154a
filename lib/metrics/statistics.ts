/** Requests of one version, and how many of them count as bad. */
export interface Counts {
  readonly bad: number;
  readonly all: number;
}

/** Smaller terms do not affect the result. */
const NEGLIGIBLE = 1e-15;

/**
 * One-sided Fisher exact test: the probability that the candidate has at least this many bad requests by chance, when both
 * versions have the same rate. Exact for any number of requests, including few and none.
 * @see https://en.wikipedia.org/wiki/Fisher%27s_exact_test
 */
export async function chanceOfWorse(candidate: Counts, stable: Counts): Promise<number> {
  const all = candidate.all + stable.all;
  const bad = candidate.bad + stable.bad;
  if (candidate.bad === 0 || all === 0) return 1;
  // Loaded only where versions are compared.
  const { default: chanceOf } = await import('@stdlib/stats-base-dists-hypergeometric-pmf');
  // Sums the tail itself, not one minus the rest: the smallest probabilities matter here, and rounding would lose them.
  let tail = 0;
  const mode = ((bad + 1) * (candidate.all + 1)) / (all + 2);
  for (let count = candidate.bad; count <= Math.min(bad, candidate.all); count++) {
    const chance = chanceOf(count, all, bad, candidate.all);
    tail += chance;
    if (count > mode && chance < NEGLIGIBLE) break;
  }
  return Math.min(1, tail);
}

/** Cumulative counts by upper bound of the bucket, lowest first; the last bound is infinite. */
export type Buckets = readonly (readonly [upTo: number, count: number])[];

/**
 * Requests of both versions that are slower than the stable version's quantile: a histogram as two rates that a test can compare.
 * The border is the bucket that contains the quantile; if that is the last one, the bucket before it.
 */
export function slowerThanStable(
  candidate: Buckets,
  stable: Buckets,
  quantile: number,
): readonly [candidate: Counts, stable: Counts] {
  const all = stable.at(-1)?.[1] ?? 0;
  const finite = stable.filter(([upTo]) => Number.isFinite(upTo));
  const border = (finite.find(([, count]) => count >= quantile * all) ?? finite.at(-1))?.[0] ?? 0;
  return [slower(candidate, border), slower(stable, border)];
}

function slower(buckets: Buckets, border: number): Counts {
  const all = Math.round(buckets.at(-1)?.[1] ?? 0);
  const within = buckets.findLast(([upTo]) => upTo <= border)?.[1] ?? 0;
  return { bad: Math.max(0, all - Math.round(within)), all };
}
