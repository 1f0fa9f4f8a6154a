import type { Change } from '../core/store';
import type { World } from '../core/world';

/** One control loop. */
export interface Controller {
  /** Keys that this controller must reconcile after a change. */
  keysOf(change: Change): Iterable<string>;
  /** Moves one key closer to its desired state; returns the milliseconds until the next reconciliation, if any. */
  reconcile(key: string): number | undefined;
}

/** Runs control loops after changes, with a short delay as on a real cluster. */
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

  /** Stops all control loops (like `cluster stop kube-controller-manager`) or resumes them. */
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
