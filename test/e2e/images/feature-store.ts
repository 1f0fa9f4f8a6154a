import { serve } from '../../../apps/images/service';
import { knownTransactions } from './known-transactions';

/** The feature store that the sample stacks expect beside them. */
const known = knownTransactions();

void serve({
  port: 8082,
  routes: {
    'GET /features/': ({ last }) => {
      const features = known.get(last);
      return features === undefined ? { status: 404, body: { error: `no transaction ${last}` } } : { body: { features } };
    },
  },
  ready: () => true,
}).then(() => process.exit(0));
