import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseModel, score } from '../../../apps/images/fraud-model';
import { required, serve } from '../../../apps/images/service';
import { knownTransactions } from './known-transactions';

/**
 * A server of a real model whose flaws are given: how long a prediction takes, and which one of so many fails. It knows the features
 * itself, so that nothing but the server is measured.
 */
const model = parseModel(readFileSync(required('MODEL_PATH'), 'utf8'));
const [version, takes, failsEvery] = [required('VERSION'), Number(required('TAKES_MS')), Number(process.env.FAILS_EVERY ?? 0)];
const known = knownTransactions();
let count = 0;

void serve({
  port: Number(process.env.PORT ?? 8080),
  routes: {
    'POST /predict': async ({ body }) => {
      const { transaction } = body as { readonly transaction: string };
      await sleep(takes);
      count++;
      if (failsEvery > 0 && count % failsEvery === 0) return { status: 500, body: { error: 'flawed', model: version } };
      const probability = score(model, known.get(transaction) ?? {});
      return { body: { model: version, pod: hostname(), probability } };
    },
  },
  ready: () => true,
}).then(() => process.exit(0));
