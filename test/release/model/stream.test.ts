import { expect, it } from 'vitest';
import { bounded, stream } from '../../../lib/release/model/stream';

it('yields what is emitted, in order, and returns what the work returns', async () => {
  const seen: number[] = [];
  const progress = stream<number, string>(async (emit) => {
    emit(1);
    await Promise.resolve();
    emit(2);
    return 'end';
  });
  for (let step = await progress.next(); ; step = await progress.next()) {
    if (step.done === true) {
      expect(step.value).toBe('end');
      break;
    }
    seen.push(step.value);
  }
  expect(seen).toEqual([1, 2]);
});

it('throws what the work throws, after what was emitted', async () => {
  const progress = stream<number, void>(async (emit) => {
    emit(1);
    throw new Error('broken');
  });
  expect((await progress.next()).value).toBe(1);
  await expect(progress.next()).rejects.toThrow('broken');
});

it('stops the work when nobody looks any more, and waits for its end', async () => {
  let ended = false;
  const progress = stream<number, void>(async (emit, signal) => {
    emit(1);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    ended = true;
  });
  for await (const _ of progress) break;
  expect(ended).toBe(true);
});

it('hands an interrupt on', async () => {
  const outer = new AbortController();
  const progress = stream<number, boolean>(async (emit, signal) => {
    emit(1);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    return signal.aborted;
  }, outer.signal);
  await progress.next();
  outer.abort();
  expect((await progress.next()).value).toBe(true);
});

it('runs so many at a time and no more', async () => {
  let [running, most] = [0, 0];
  const results = await bounded([1, 2, 3, 4, 5, 6, 7], 3, async (n) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    return n * 2;
  });
  expect(results).toEqual([2, 4, 6, 8, 10, 12, 14]);
  expect(most).toBe(3);
});

it('starts nothing new after an error, and awaits what is in flight', async () => {
  const started: number[] = [];
  let finished = 0;
  const attempt = bounded([1, 2, 3, 4, 5], 2, async (n) => {
    started.push(n);
    await new Promise((resolve) => setTimeout(resolve, n));
    if (n === 1) throw new Error('first');
    finished++;
  });
  await expect(attempt).rejects.toThrow('first');
  expect(started).toEqual([1, 2]);
  expect(finished).toBe(1);
});
