import type { Features } from '../fraud-model';

/** A transaction as a shop reports it. */
export interface RawTransaction {
  /** In euro. */
  readonly amount: number;
  readonly country: string;
  readonly homeCountry: string;
  /** 0 to 23. */
  readonly hour: number;
  /** Measurements that are already scaled. */
  readonly scores: Features;
}

/** Logarithms of amounts have this mean and deviation. */
const AMOUNT = { mean: 3.5, deviation: 1.2 };

/** What the models were trained on. */
export function featuresOf({ amount, country, homeCountry, hour, scores }: RawTransaction): Features {
  return {
    ...scores,
    amount: (Math.log1p(amount) - AMOUNT.mean) / AMOUNT.deviation,
    foreign: country === homeCountry ? 0 : 1,
    night: hour < 6 ? 1 : 0,
  };
}
