import { expect, test } from 'vitest';
import { VirtualClock } from '../../../lib/sandbox/core/clock';

test('timers run in the order of their times, equal ones as they were set, cancelled ones not at all', async () => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  for (const [ms, name] of [
    [20, 'c'],
    [10, 'a'],
    [10, 'b'],
    [30, 'late'],
  ] as const)
    clock.after(ms, () => seen.push(`${name}@${clock.now()}`));
  clock.after(15, () => seen.push('never'))();
  await clock.advance(25);
  expect([seen, clock.now()]).toEqual([['a@10', 'b@10', 'c@20'], 25]);
});

test('run lets time pass only while everybody waits', async () => {
  const clock = new VirtualClock(0);
  const work = async () => {
    await clock.sleep(1000);
    await Promise.all([clock.sleep(500), clock.sleep(200)]);
    return clock.now();
  };
  expect(await clock.run(work())).toBe(1500);
});

test('run says so when nothing can go on', async () => {
  const clock = new VirtualClock(0);
  await expect(clock.run(new Promise(() => {}))).rejects.toThrow('nothing is planned on the virtual clock');
});

test('an aborted sleep ends at once', async () => {
  const clock = new VirtualClock(0);
  const stop = new AbortController();
  const slept = clock.sleep(1000, stop.signal);
  stop.abort();
  await slept;
  expect(clock.now()).toBe(0);
});
