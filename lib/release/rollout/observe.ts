import type { KindSelector } from '../../client/api';
import type { Run } from '../model/engine';
import { Tables, withoutManagers } from './view';

/** What to watch: all existing and new objects, or only changes after a position. */
export interface Watched extends KindSelector {
  readonly after?: string;
}

/** Interval of ticks: time passes without events too, for deadlines and waits. */
const TICK_MS = 500;

/**
 * Watches until `look` returns a value; it is called after events (once for those that arrive together), at every tick, and when
 * the user interrupts. An error it throws ends the watch.
 */
export async function observe<T>(run: Run, selectors: readonly Watched[], look: (view: Tables) => T | undefined): Promise<T> {
  const { api, host, signal } = run;
  const stop = new AbortController();
  const tables = new Tables(selectors.map(({ kind }) => kind));
  return new Promise<T>((resolve, reject) => {
    let scheduled = false;
    const check = () => {
      scheduled = false;
      if (stop.signal.aborted) return;
      try {
        const found = look(tables);
        if (found !== undefined) resolve(found);
      } catch (error) {
        reject(error);
      }
    };
    const schedule = () => {
      if (!scheduled) setImmediate(check);
      scheduled = true;
    };
    const follow = async ({ after, ...selector }: Watched, watch: number): Promise<void> => {
      for await (const event of api.watch(selector, stop.signal, {
        keep: withoutManagers,
        ...(after === undefined ? {} : { after }),
      })) {
        if (event.type === 'reset') tables.reset(watch, event.items);
        else if (event.type === 'put') tables.put(watch, event.object);
        else tables.drop(watch, event.object);
        schedule();
      }
    };
    const tick = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        await host.sleep(TICK_MS, stop.signal);
        schedule();
      }
    };
    signal.addEventListener('abort', schedule, { once: true, signal: stop.signal });
    schedule();
    Promise.all([tick(), ...selectors.map(follow)]).catch(reject);
  }).finally(() => stop.abort());
}
