import type { Clock } from './clock';

/** Waits until the next request may be sent: at even intervals, to limit requests per second. Without a limit, never waits. */
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
