import { expect, it } from 'vitest';
import { systemClock } from '../../lib/client';
import { Deadline } from '../../lib/client/clock';

it('sleeps until its time or its signal, and leaves nothing behind', async () => {
  const began = systemClock.now();
  await systemClock.sleep(20);
  expect(systemClock.now() - began).toBeGreaterThanOrEqual(19);
  const stop = new AbortController();
  const long = systemClock.sleep(60_000, stop.signal);
  stop.abort();
  await long;
  await systemClock.sleep(60_000, stop.signal);
});

it('ends work at its deadline, or with the signal of the caller, and tells which', async () => {
  const late = new Deadline(systemClock, 5, undefined);
  await new Promise((resolve) => late.signal.addEventListener('abort', resolve));
  expect(late.passed).toBe(true);
  const stop = new AbortController();
  const stopped = new Deadline(systemClock, 60_000, stop.signal);
  stop.abort();
  expect([stopped.signal.aborted, stopped.passed]).toEqual([true, false]);
  stopped.end();
  expect(new Deadline(systemClock, 1, AbortSignal.abort()).signal.aborted).toBe(true);
});

it('can be given more time', async () => {
  const deadline = new Deadline(systemClock, 5, undefined);
  deadline.extend(60_000);
  await systemClock.sleep(20);
  expect(deadline.signal.aborted).toBe(false);
  deadline.end();
});

it('lets a thousand requests hang on one signal without a warning', async () => {
  const warnings: unknown[] = [];
  const note = (warning: unknown) => warnings.push(warning);
  process.on('warning', note);
  const stop = new AbortController();
  const deadlines = Array.from({ length: 1000 }, () => new Deadline(systemClock, 60_000, stop.signal));
  await systemClock.sleep(5);
  for (const deadline of deadlines) deadline.end();
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
