import type { FraudModel } from './fraud-model';
import { FEATURES, type Labelled, transactions } from './transactions';

const TRAINING = { seed: 20_260_101, count: 20_000 };
const VALIDATION = { seed: 20_260_102, count: 8_000 };

const SINGLE = FEATURES.map((name) => [name]);
const PAIRS = FEATURES.flatMap((a, i) => FEATURES.slice(i + 1).map((b) => [a, b]));

/** Labeled transactions for a gate's measurements; none of them was used for training. */
export function validationSet(): readonly Labelled[] {
  return transactions(VALIDATION.seed, VALIDATION.count);
}

/**
 * Trains the versions of the sample model: the first one; a better one, which uses pairs of features; a worse one, which was
 * trained on three features only; and one saved in a format that the server does not support.
 */
export function trainedModels(): readonly FraudModel[] {
  const rows = transactions(TRAINING.seed, TRAINING.count);
  const first = { format: 1, version: 'v2.1.0', ...regression(rows, SINGLE) };
  return [
    first,
    { format: 1, version: 'v2.2.0', ...regression(rows, [...SINGLE, ...PAIRS]) },
    { format: 1, version: 'v2.3.0', ...regression(rows, [['amount'], ['velocity'], ['merchantRisk']]) },
    { ...first, format: 2, version: 'v2.4.0' },
  ];
}

/** Logistic regression with Newton's method, with a ridge just large enough to keep the equations solvable. */
export function regression(
  rows: readonly Labelled[],
  terms: readonly (readonly string[])[],
): Pick<FraudModel, 'intercept' | 'terms'> {
  const inputs = rows.map(({ features }) => [
    1,
    ...terms.map((names) => names.reduce((product, name) => product * (features[name] ?? Number.NaN), 1)),
  ]);
  const size = terms.length + 1;
  let weights = new Array<number>(size).fill(0);
  for (let step = 0; step < 12; step++) {
    const gradient = weights.map((weight) => -1e-6 * weight);
    const hessian = weights.map((_, i) => weights.map((__, j) => (i === j ? 1e-6 : 0) as number));
    inputs.forEach((input, row) => {
      const probability = 1 / (1 + Math.exp(-input.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0)));
      const [error, spread] = [(rows[row]?.label ?? 0) - probability, probability * (1 - probability)];
      input.forEach((value, i) => {
        gradient[i] = (gradient[i] ?? 0) + error * value;
        const line = hessian[i] ?? [];
        for (let j = 0; j < size; j++) line[j] = (line[j] ?? 0) + spread * value * (input[j] ?? 0);
      });
    });
    const move = solve(hessian, gradient);
    weights = weights.map((weight, i) => weight + (move[i] ?? 0));
  }
  const [intercept = 0, ...rest] = weights;
  return { intercept, terms: terms.map((features, i) => ({ features, weight: rest[i] ?? 0 })) };
}

/** Solves linear equations by elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let column = 0; column < rows.length; column++) {
    let pivot = column;
    for (let i = column + 1; i < rows.length; i++) if (Math.abs(at(i, column)) > Math.abs(at(pivot, column))) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    for (let i = 0; i < rows.length; i++) {
      const factor = i === column ? 0 : at(i, column) / at(column, column);
      if (factor !== 0) rows[i] = (rows[i] ?? []).map((value, j) => value - factor * at(column, j));
    }
  }
  return rows.map((_, i) => at(i, rows.length) / at(i, i));
}
