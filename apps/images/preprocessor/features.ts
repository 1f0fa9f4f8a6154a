import type { Features } from '../fraud-model';

/** A transaction as reported by a shop. */
export interface RawTransaction {
  /** In euros. */
  readonly amount: number;
  readonly country: string;
  readonly homeCountry: string;
  /** 0 to 23. */
  readonly hour: number;
  /** Measurements that are already scaled. */
  readonly scores: Features;
}

/** Mean and standard deviation of the amounts' logarithms. */
const AMOUNT = { mean: 3.5, deviation: 1.2 };

/** Features that the models were trained on. */
export function featuresOf({ amount, country, homeCountry, hour, scores }: RawTransaction): Features {
  return {
    ...scores,
    amount: (Math.log1p(amount) - AMOUNT.mean) / AMOUNT.deviation,
    foreign: country === homeCountry ? 0 : 1,
    night: hour < 6 ? 1 : 0,
  };
}
