import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { type Features, featuresOf, parseModel, score } from '../fraud-model';
import { RedisClient } from '../redis-client';
import { type Answer, ask, log, required, serve } from '../service';

/** Body of `POST /predict`: a transaction with features to fetch, features, or several sets of them. */
interface Request {
  readonly transaction?: string;
  readonly features?: Features;
  readonly instances?: readonly Features[];
}

const CACHED_SECONDS = 60;
const WARM_UP = 500;

const threshold = Number(process.env.DECISION_THRESHOLD ?? 0.5);
const batch = Number(process.env.BATCH_SIZE ?? 16);
const proxy = process.env.FEATURE_SERVER_URL;
const cache = process.env.REDIS_HOST === undefined ? undefined : new RedisClient();
const counters = { hits: 0, misses: 0, failures: 0 };

const model = parseModel(readFileSync(required('MODEL_PATH'), 'utf8'));
let warm = false;

const judged = (probability: number) => ({ probability, fraud: probability >= threshold });

/** An earlier prediction; undefined without a cache, or if it does not respond. */
async function cached(key: string): Promise<number | undefined> {
  const value = await cache?.command(['GET', key]).catch(() => counters.failures++ * 0);
  const found = typeof value === 'string';
  counters[found ? 'hits' : 'misses']++;
  return found ? Number(value) : undefined;
}

async function ofTransaction(transaction: string): Promise<Answer> {
  const key = `prediction:${model.version}:${transaction}`;
  const known = await cached(key);
  if (known !== undefined) return { body: { model: model.version, pod: hostname(), cached: true, ...judged(known) } };
  if (proxy === undefined) throw new TypeError('no feature server is set: send the features');
  const { status, body } = await ask(`${proxy}/features/${encodeURIComponent(transaction)}`);
  if (status !== 200) return { status: status === 404 ? 404 : 502, body };
  const probability = score(model, (body as { features: Features }).features);
  cache?.command(['SET', key, probability, 'EX', CACHED_SECONDS]).catch(() => counters.failures++);
  return { body: { model: model.version, pod: hostname(), cached: false, ...judged(probability) } };
}

/** Number of instances scored at a time; other requests are handled in between. */
async function ofInstances(instances: readonly Features[]): Promise<Answer> {
  const predictions = [];
  for (let start = 0; start < instances.length; start += batch) {
    predictions.push(...instances.slice(start, start + batch).map((features) => judged(score(model, features))));
    await turn();
  }
  return { body: { model: model.version, pod: hostname(), predictions } };
}

async function predict({ body }: { readonly body: unknown }): Promise<Answer> {
  const { transaction, features, instances } = body as Request;
  if (transaction !== undefined) return ofTransaction(transaction);
  if (instances !== undefined) return ofInstances(instances);
  if (features === undefined) throw new TypeError('a request has a transaction, features, or instances');
  return { body: { model: model.version, pod: hostname(), ...judged(score(model, features)) } };
}

async function main(): Promise<void> {
  const serving = serve({
    port: Number(process.env.PORT ?? 8080),
    routes: { 'POST /predict': predict, 'GET /model': () => ({ body: { model: model.version, features: featuresOf(model) } }) },
    ready: () => warm,
    metrics: () => [
      '# TYPE model_info gauge',
      `model_info{version="${model.version}"} 1`,
      '# TYPE prediction_cache_total counter',
      ...Object.entries(counters).map(([result, count]) => `prediction_cache_total{result="${result}"} ${count}`),
    ],
  });
  const sample = Object.fromEntries(featuresOf(model).map((name, i) => [name, i / 10]));
  for (let i = 0; i < WARM_UP; i++) await predict({ body: { features: sample } });
  warm = true;
  log(`serving ${model.version}`);
  await serving;
  process.exit(0);
}

void main();
