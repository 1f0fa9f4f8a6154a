import type { Features } from '../../../apps/images/fraud-model';
import { transactions } from '../../../apps/images/transactions';

/** How many transactions the feature store knows: `tx-0` and so on. */
export const KNOWN = 1000;

/** Their features. */
export function knownTransactions(): ReadonlyMap<string, Features> {
  return new Map(transactions(7, KNOWN).map(({ features }, i) => [`tx-${i}`, features]));
}
