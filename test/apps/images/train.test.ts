import { expect, it } from 'vitest';
import { type FraudModel, featuresOf, parseModel, score } from '../../../apps/images/fraud-model';
import { regression, trainedModels, validationSet } from '../../../apps/images/train';
import { csv, FEATURES, transactions } from '../../../apps/images/transactions';
import { aucByPairs } from './auc-by-pairs';

const auc = (model: FraudModel, rows = validationSet().slice(0, 3000)) =>
  aucByPairs(
    rows.map(({ label }) => label),
    rows.map(({ features }) => score(model, features)),
  );

it('trains a good model, a better one, and one that the threshold of the sample stacks rejects', () => {
  const [first, better, worse] = trainedModels().map((model) => auc(model)) as [number, number, number];
  expect(first).toBeGreaterThan(0.92);
  expect(better).toBeGreaterThan(first + 0.01);
  expect(worse).toBeLessThan(0.9);
});

it('makes the same models and the same data each time', () => {
  expect(JSON.stringify(trainedModels())).toBe(JSON.stringify(trainedModels()));
  expect(csv(transactions(1, 50))).toBe(csv(transactions(1, 50)));
  expect(csv(transactions(1, 50))).not.toBe(csv(transactions(2, 50)));
});

it('finds the weights that data were made with', () => {
  const rows = transactions(3, 5000).map(({ features }, i) => {
    const logit = 2 * (features.amount ?? 0) - (features.velocity ?? 0) + 0.5;
    return { features, label: (i * 0.618) % 1 < 1 / (1 + Math.exp(-logit)) ? 1 : 0 } as const;
  });
  const { intercept, terms } = regression(rows, [['amount'], ['velocity']]);
  expect(intercept).toBeCloseTo(0.5, 0);
  expect(terms[0]?.weight).toBeCloseTo(2, 0);
  expect(terms[1]?.weight).toBeCloseTo(-1, 0);
});

it('reads a model file as it was written, and refuses a format that it does not know', () => {
  const [first, , , unknown] = trainedModels();
  expect(parseModel(JSON.stringify(first))).toEqual(first);
  expect([...featuresOf(first as FraudModel)].sort()).toEqual([...FEATURES].sort());
  expect(() => parseModel(JSON.stringify(unknown))).toThrow('format 2');
  expect(() => score(first as FraudModel, { amount: 1 })).toThrow(/velocity is missing/);
});
