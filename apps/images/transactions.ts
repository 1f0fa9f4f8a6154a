import type { Features } from './fraud-model';

/** A transaction with a known outcome. */
export interface Labelled {
  readonly features: Features;
  /** 1 for fraud. */
  readonly label: 0 | 1;
}

/** Features of every transaction. The first five have mean 0 and standard deviation 1, the others are 0 or 1. */
export const FEATURES = ['amount', 'velocity', 'distance', 'merchantRisk', 'deviceAge', 'foreign', 'night'] as const;

/** Numbers from 0 to 1, deterministic for a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Simulated transactions: fraud depends on single features and on some combinations; deterministic for a seed. */
export function transactions(seed: number, count: number): readonly Labelled[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const [amount, velocity, distance, merchantRisk, deviceAge] = [1, 2, 3, 4, 5].map(() => normal(random)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const [foreign, night] = [random() < 0.2 ? 1 : 0, random() < 0.3 ? 1 : 0];
    const alone =
      1.5 * amount + 1.8 * velocity + 1.1 * distance + 1.6 * merchantRisk - 1.2 * deviceAge + 1.4 * foreign + 0.8 * night;
    const together = 1.2 * amount * merchantRisk - velocity * deviceAge + distance * foreign;
    const fraud = random() < 1 / (1 + Math.exp(3.5 - alone - together));
    return { features: { amount, velocity, distance, merchantRisk, deviceAge, foreign, night }, label: fraud ? 1 : 0 };
  });
}

/** Transactions as a CSV table with a header and the label last. */
export function csv(rows: readonly Labelled[]): string {
  const lines = rows.map(({ features, label }) => [...FEATURES.map((name) => features[name]), label].join(','));
  return `${[...FEATURES, 'label'].join(',')}\n${lines.join('\n')}\n`;
}
