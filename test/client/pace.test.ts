import { expect, it } from 'vitest';
import { clientOver, type Transport, type TransportRequest } from '../../lib/client';
import { pace } from '../../lib/client/pace';
import { VirtualClock } from '../../lib/sandbox/core/clock';

it('lets requests go at even distances, in their order', async () => {
  const clock = new VirtualClock(0);
  const turn = pace(clock, 10);
  const sent: number[] = [];
  await clock.run(Promise.all(Array.from({ length: 5 }, () => turn().then(() => sent.push(clock.now())))));
  expect(sent).toEqual([0, 100, 200, 300, 400]);
});

it('lets nobody wait after a pause, or without a rate', async () => {
  const clock = new VirtualClock(0);
  const turn = pace(clock, 10);
  await turn();
  await clock.advance(5_000);
  await turn();
  await pace(clock, undefined)();
  expect(clock.now()).toBe(5_000);
});

it.each([undefined, 20])('bounds what a client sends, retries too: %s per second', async (qps) => {
  const clock = new VirtualClock(0);
  const times: number[] = [];
  const send = async (_request: TransportRequest) => {
    times.push(clock.now());
    // Every fourth is turned away, as priority and fairness does.
    const status = times.length % 4 === 0 ? 429 : 200;
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'team' } };
    const text = status === 429 ? '{"kind":"Status","code":429}' : JSON.stringify(body);
    return {
      status,
      headers: {},
      body: (async function* () {
        yield Buffer.from(text);
      })(),
    };
  };
  const transport: Transport = { send, close: async () => undefined };
  const api = clientOver(transport, { clock, random: () => 0, ...(qps === undefined ? {} : { qps }) });
  const reads = Array.from({ length: 60 }, () => api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'a' }));
  await clock.run(Promise.all(reads));
  const most = Math.max(...times.map((at) => times.filter((other) => other >= at && other < at + 1_000).length));
  expect(times.length).toBeGreaterThan(60);
  if (qps === undefined) expect(most).toBeGreaterThan(50);
  else expect(most).toBeLessThanOrEqual(qps);
});
