import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ask, serve } from '../../../apps/images/service';

const PORT = 18_311;
const url = `http://127.0.0.1:${PORT}`;
let stopped: Promise<void>;
let ready = false;
let release = () => {};

beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  ready = false;
  stopped = serve({
    port: PORT,
    idleAtStopMs: 200,
    ready: () => ready,
    routes: {
      'POST /double': ({ body }) => ({ body: (body as number) * 2 }),
      'GET /items/': ({ last }) => (last === 'none' ? { status: 404, body: null } : { body: last }),
      'GET /slow': () => new Promise((resolve) => (release = () => resolve({ body: 'late' }))),
      'GET /broken': () => {
        throw new Error('something is wrong');
      },
    },
    metrics: () => ['own_metric 1'],
  });
  await expect.poll(() => ask(`${url}/health/live`).catch(() => undefined)).toBeDefined();
});
afterEach(async () => {
  process.emit('SIGTERM');
  release();
  await stopped;
});

it('answers its routes, and says what is wrong with a request', async () => {
  expect(await ask(`${url}/double`, 21)).toEqual({ status: 200, body: 42 });
  expect(await ask(`${url}/items/a%20b`)).toEqual({ status: 200, body: 'a b' });
  expect(await ask(`${url}/items/none`)).toMatchObject({ status: 404 });
  expect(await ask(`${url}/nothing`)).toMatchObject({ status: 404 });
  expect(await ask(`${url}/broken`)).toEqual({ status: 500, body: { error: 'something is wrong' } });
  const bad = await fetch(`${url}/double`, { method: 'POST', body: '{' });
  expect(bad.status).toBe(400);
});

it('is live at once, and ready when it is', async () => {
  expect((await ask(`${url}/health/live`)).status).toBe(200);
  expect((await ask(`${url}/health/ready`)).status).toBe(503);
  ready = true;
  expect((await ask(`${url}/health/ready`)).status).toBe(200);
});

it('counts requests for Prometheus', async () => {
  await ask(`${url}/double`, 1);
  await ask(`${url}/nothing`);
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('http_requests_in_progress 0\n');
  expect(text).toContain('http_requests_total{method="POST",status="200"} 1\n');
  expect(text).toContain('http_requests_total{method="GET",status="404"} 1\n');
  expect(text).toMatch(
    /http_request_duration_seconds_bucket\{le="\+Inf"\} 2\nhttp_request_duration_seconds_sum .*\nhttp_request_duration_seconds_count 2\n/,
  );
  expect(text).toContain('own_metric 1\n');
});

it('when told to stop, refuses new connections, answers what it was asked, and gives kept connections a last answer', async () => {
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = (path: string, agent: Agent) =>
    new Promise<{ readonly text: string; readonly connection: string | undefined }>((resolve, reject) => {
      const going = request(`${url}${path}`, { agent }, async (response) => {
        let text = '';
        for await (const part of response.setEncoding('utf8')) text += part;
        resolve({ text, connection: response.headers.connection });
      });
      going.on('error', reject).end();
    });
  expect((await get('/items/1', kept)).connection).toBe('keep-alive');
  const slow = get('/slow', new Agent());
  await expect.poll(async () => (await fetch(`${url}/metrics`)).text()).toContain('in_progress 1');
  process.emit('SIGTERM');
  const refused = await new Promise((resolve) => connect(PORT, '127.0.0.1').on('error', resolve).on('connect', resolve));
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  expect(await get('/items/2', kept)).toEqual({ text: '"2"', connection: 'close' });
  release();
  expect(await slow).toEqual({ text: '"late"', connection: 'close' });
  await stopped;
});
