import { RedisClient } from '../redis-client';
import { type Answer, ask, required, serve } from '../service';

const upstream = required('UPSTREAM_URL');
const timeout = Number(process.env.UPSTREAM_TIMEOUT_MS ?? 1000);
const retries = Number(process.env.UPSTREAM_RETRIES ?? 1);
const ttl = Number(process.env.CACHE_TTL_SECONDS ?? 60);
const cache = process.env.REDIS_HOST === undefined ? undefined : new RedisClient();
let upstreamFailures = 0;

async function fetched(transaction: string): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    try {
      const { status, body } = await ask(`${upstream}/features/${encodeURIComponent(transaction)}`, undefined, timeout);
      if (status < 500) return { status, body };
    } catch {
      // Handled like a 5xx response.
    }
    upstreamFailures++;
    if (attempt === retries) return { status: 502, body: { error: 'the feature store does not answer' } };
  }
}

async function features({ last }: { readonly last: string }): Promise<Answer> {
  const key = `features:${last}`;
  const known = await cache?.command(['GET', key]).catch(() => undefined);
  if (typeof known === 'string') return { body: JSON.parse(known) };
  const answer = await fetched(last);
  if (answer.status === 200) cache?.command(['SET', key, JSON.stringify(answer.body), 'EX', ttl]).catch(() => undefined);
  return answer;
}

async function main(): Promise<void> {
  await serve({
    port: 8081,
    routes: { 'GET /features/': features },
    ready: () => true,
    metrics: () => ['# TYPE upstream_failures_total counter', `upstream_failures_total ${upstreamFailures}`],
  });
  process.exit(0);
}

void main();
