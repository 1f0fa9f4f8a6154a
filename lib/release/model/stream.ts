/**
 * Turns work that reports through a callback into an async generator: yields emitted events in order, and returns the result of
 * the work. Leaving the loop early aborts the work and waits for it to end, so that nothing continues unnoticed.
 */
export async function* stream<Event, Result>(
  work: (emit: (event: Event) => void, signal: AbortSignal) => Promise<Result>,
  outer?: AbortSignal,
): AsyncGenerator<Event, Result, void> {
  const queue: Event[] = [];
  let wake = (): void => undefined;
  const stop = new AbortController();
  const abort = () => stop.abort(outer?.reason);
  if (outer?.aborted) abort();
  outer?.addEventListener('abort', abort, { once: true });
  let ended = false;
  const running = work((event) => {
    queue.push(event);
    wake();
  }, stop.signal).finally(() => {
    ended = true;
    wake();
  });
  running.catch(() => undefined); // seen by the await below
  try {
    while (true) {
      for (let event = queue.shift(); event !== undefined; event = queue.shift()) yield event;
      if (ended) return await running;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (queue.length > 0 || ended) resolve();
      });
    }
  } finally {
    outer?.removeEventListener('abort', abort);
    if (!ended) {
      stop.abort();
      await running.catch(() => undefined);
    }
  }
}

/** Runs `work` on every item, at most `limit` at a time. The first error stops scheduling; running work is awaited. */
export async function bounded<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const errors: unknown[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length && errors.length === 0; index = next++) {
      const item = items[index];
      if (item === undefined) continue;
      try {
        results[index] = await work(item);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (errors.length > 0) throw errors[0];
  return results;
}
