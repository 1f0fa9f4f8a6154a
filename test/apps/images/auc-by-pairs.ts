/** AUC as it is defined: over all pairs of a positive and a negative, how often the positive scores higher; equal scores count half. */
export function aucByPairs(labels: readonly number[], scores: readonly number[]): number {
  const of = (wanted: number) => scores.filter((_, i) => labels[i] === wanted);
  const [positives, negatives] = [of(1), of(0)];
  let won = 0;
  for (const value of positives) for (const other of negatives) won += value > other ? 1 : value === other ? 0.5 : 0;
  return won / positives.length / negatives.length;
}
