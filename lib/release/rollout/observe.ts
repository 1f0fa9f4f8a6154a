import type { KindSelector } from '../../client/api';
import { type KubeObject, keyOf } from '../../kube/object';
import type { Run } from '../model/engine';

/** What to watch: everything there is and comes, or only what comes after a position. */
export interface Watched extends KindSelector {
  readonly after?: string;
}

/** What watches have shown so far. */
export interface View {
  /** The objects of a kind that are there now. */
  ofKind(kind: string): readonly KubeObject[];
  /** The object of a key (`keyOf`), when it is there. */
  find(key: string): KubeObject | undefined;
  /** Whether every watch has listed what there is: before that, absence means nothing. */
  readonly complete: boolean;
}

/** Time passes without events too: deadlines and waits are looked at so often. */
const TICK_MS = 500;

/**
 * Watches until `look` returns something; it is called after events (those that arrive together, once), at every tick, and when
 * somebody interrupts. What it throws ends the watch.
 */
export async function observe<T>(run: Run, selectors: readonly Watched[], look: (view: View) => T | undefined): Promise<T> {
  const { api, host, signal } = run;
  const stop = new AbortController();
  const views = selectors.map(() => new Map<string, KubeObject>());
  const listed = new Set<number>();
  const view: View = {
    ofKind: (kind) => views.flatMap((one, index) => (selectors[index]?.kind === kind ? [...one.values()] : [])),
    find: (key) => views.find((one) => one.has(key))?.get(key),
    get complete() {
      return listed.size === selectors.length;
    },
  };
  return new Promise<T>((resolve, reject) => {
    let scheduled = false;
    const check = () => {
      scheduled = false;
      if (stop.signal.aborted) return;
      try {
        const found = look(view);
        if (found !== undefined) resolve(found);
      } catch (error) {
        reject(error);
      }
    };
    const schedule = () => {
      if (!scheduled) setImmediate(check);
      scheduled = true;
    };
    const follow = async ({ after, ...selector }: Watched, into: Map<string, KubeObject>, index: number): Promise<void> => {
      for await (const event of api.watch(selector, stop.signal, after)) {
        if (event.type === 'reset') {
          into.clear();
          for (const item of event.items) into.set(keyOf(item), item);
          listed.add(index);
        } else if (event.type === 'put') into.set(keyOf(event.object), event.object);
        else into.delete(keyOf(event.object));
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
    Promise.all([tick(), ...selectors.map((selector, i) => follow(selector, views[i] ?? new Map(), i))]).catch(reject);
  }).finally(() => stop.abort());
}
