import { setTimeout as sleep } from 'node:timers/promises';
import { RedisClient } from '../redis-client';
import { ask, log, required, serve } from '../service';

/** A task that a client has queued, with its number of attempts. */
interface Task {
  readonly id: string;
  readonly request: unknown;
  readonly attempts?: number;
}

const queue = required('QUEUE_NAME');
const server = required('MODEL_SERVER_URL');
const resultSeconds = Number(process.env.RESULT_TTL_SECONDS ?? 3600);
const visibilitySeconds = Number(process.env.VISIBILITY_TIMEOUT_SECONDS ?? 60);
const maxAttempts = Number(process.env.MAX_ATTEMPTS ?? 3);
/** Tasks taken by a worker, the sorted set with their deadlines, and the dead letters. */
const [taken, until, dead] = [`${queue}:taken`, `${queue}:until`, `${queue}:dead`];
const WAIT_SECONDS = 1;
const PATIENCE_MS = 2_000;

/** One connection waits for tasks, the other handles everything else. */
const [waiting, redis] = [new RedisClient(PATIENCE_MS + WAIT_SECONDS * 1000), new RedisClient(PATIENCE_MS)];
const counters = { done: 0, failed: 0, dead: 0 };
let [connected, stopping] = [false, false];

async function work(text: string): Promise<void> {
  const task = JSON.parse(text) as Task;
  await redis.command(['ZADD', until, Math.floor(Date.now() / 1000) + visibilitySeconds, text]);
  const { status, body } = await ask(`${server}/predict`, task.request, visibilitySeconds * 1000).catch(() => ({
    status: 0,
    body: null,
  }));
  if (status === 200) {
    await redis.command(['SET', `result:${task.id}`, JSON.stringify(body), 'EX', resultSeconds]);
    counters.done++;
  } else await again(task);
  await forget(text);
}

/** Moves a task back into the queue, or to the dead letters. */
async function again(task: Task): Promise<void> {
  const attempts = (task.attempts ?? 0) + 1;
  counters[attempts < maxAttempts ? 'failed' : 'dead']++;
  await redis.command(['LPUSH', attempts < maxAttempts ? queue : dead, JSON.stringify({ ...task, attempts })]);
}

async function forget(text: string): Promise<void> {
  await redis.command(['LREM', taken, 1, text]);
  await redis.command(['ZREM', until, text]);
}

/** Gives tasks of lost workers to another worker. */
async function reap(): Promise<void> {
  const late = await redis.command(['ZRANGEBYSCORE', until, 0, Math.floor(Date.now() / 1000)]);
  for (const text of Array.isArray(late) ? (late as readonly string[]) : []) {
    await again(JSON.parse(text) as Task);
    await forget(text);
  }
}

async function run(): Promise<void> {
  while (!stopping) {
    try {
      const text = await waiting.command(['BLMOVE', queue, taken, 'RIGHT', 'LEFT', WAIT_SECONDS]);
      if (!connected) log('connected to Redis');
      connected = true;
      if (typeof text === 'string') await work(text);
      else await reap();
    } catch (error) {
      if (connected) log(`Redis: ${error instanceof Error ? error.message : error}`);
      connected = false;
      await sleep(500);
    }
  }
}

async function main(): Promise<void> {
  const working = run();
  await serve({
    port: 8080,
    routes: {},
    ready: () => connected,
    metrics: () => [
      '# TYPE tasks_total counter',
      ...Object.entries(counters).map(([result, n]) => `tasks_total{result="${result}"} ${n}`),
    ],
  });
  stopping = true;
  await working;
  process.exit(0);
}

void main();
