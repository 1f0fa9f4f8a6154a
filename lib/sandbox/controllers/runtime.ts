import type { Change } from '../core/store';
import type { World } from '../core/world';

/** One control loop. */
export interface Controller {
  /** The keys that a change makes this controller look at again. */
  keysOf(change: Change): Iterable<string>;
  /** Brings one key's world closer to what it should be; returns after how many milliseconds to look again. */
  reconcile(key: string): number | undefined;
}

/** Runs control loops when something changes; between a change and its effect passes a little time, as on a cluster. */
export class Runtime {
  private readonly world: World;
  private readonly controllers: readonly Controller[];
  private readonly delayMs: number;
  private queue = new Map<string, readonly [Controller, string]>();
  private readonly later = new Map<string, { readonly time: number; readonly cancel: () => void }>();
  private planned = false;
  private paused = false;

  constructor(world: World, controllers: readonly Controller[], delayMs: number) {
    this.world = world;
    this.controllers = controllers;
    this.delayMs = delayMs;
    world.store.subscribe((change) => this.onChange(change));
  }

  /** Stops all control loops (as `cluster stop kube-controller-manager` does) or lets them go on. */
  pause(paused: boolean): void {
    this.paused = paused;
    if (!paused) this.plan();
  }

  private onChange(change: Change): void {
    this.controllers.forEach((controller, i) => {
      for (const key of controller.keysOf(change)) this.enqueue(i, controller, key);
    });
  }

  private enqueue(index: number, controller: Controller, key: string): void {
    this.queue.set(`${index} ${key}`, [controller, key]);
    this.plan();
  }

  private plan(): void {
    if (this.planned || this.paused || this.queue.size === 0) return;
    this.planned = true;
    this.world.clock.after(this.delayMs, () => {
      this.planned = false;
      if (!this.paused) this.drain();
    });
  }

  private drain(): void {
    const batch = this.queue;
    this.queue = new Map();
    for (const [id, [controller, key]] of batch) {
      const again = controller.reconcile(key);
      if (again !== undefined) this.lookAgain(id, controller, key, again);
    }
  }

  private lookAgain(id: string, controller: Controller, key: string, ms: number): void {
    const time = this.world.clock.now() + ms;
    const known = this.later.get(id);
    if (known !== undefined && known.time > this.world.clock.now() && known.time <= time) return;
    known?.cancel();
    const cancel = this.world.clock.after(ms, () => {
      this.later.delete(id);
      this.enqueue(this.controllers.indexOf(controller), controller, key);
    });
    this.later.set(id, { time, cancel });
  }
}
