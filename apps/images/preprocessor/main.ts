import { ask, required, serve } from '../service';
import { featuresOf, type RawTransaction } from './features';

const next = required('NEXT_URL');

async function main(): Promise<void> {
  await serve({
    port: 8080,
    routes: { 'POST /predict': ({ body }) => ask(`${next}/predict`, { features: featuresOf(body as RawTransaction) }) },
    ready: () => true,
  });
  process.exit(0);
}

void main();
