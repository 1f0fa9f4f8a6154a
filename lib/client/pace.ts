import type { Clock } from './clock';

/** Waits until the next request may be sent: at even distances, so that no second has more than so many. Without a number never. */
export function pace(clock: Clock, perSecond: number | undefined): (signal?: AbortSignal) => Promise<void> {
  if (perSecond === undefined) return async () => undefined;
  let next = 0;
  return async (signal) => {
    const now = clock.now();
    const at = Math.max(now, next);
    next = at + 1000 / perSecond;
    if (at > now) await clock.sleep(at - now, signal);
  };
}
