import { type Clock, sleepOn } from '../../client/clock';

/** The machine's own time. Timers do not keep the process alive. */
export class RealClock implements Clock {
  /** Milliseconds since 1970. */
  now(): number {
    return Date.now();
  }

  /** Resolves after a number of milliseconds, or immediately (without an error) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /** Calls back after a number of milliseconds; call the result to cancel. */
  after(ms: number, callback: () => void): () => void {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  }
}

interface Timer {
  readonly time: number;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/** Time that advances only when a test moves it. Timers run in order of time, equal ones in the order of creation. */
export class VirtualClock implements Clock {
  private time: number;
  private count = 0;
  private readonly heap: Timer[] = [];

  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.time = start;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.time;
  }

  /** Resolves after a number of milliseconds, or immediately (without an error) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /** Calls back after a number of milliseconds; call the result to cancel. */
  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { time: this.time + Math.max(0, ms), order: this.count++, callback, cancelled: false };
    this.push(timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** Advances time, timer by timer. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    while ((this.peek()?.time ?? Number.POSITIVE_INFINITY) <= end) {
      this.step();
      await settle();
    }
    this.time = end;
  }

  /** Advances time until no timer is left, up to a limit. */
  async runUntilIdle(limitMs = 24 * 3600 * 1000): Promise<void> {
    const end = this.time + limitMs;
    await settle();
    while ((this.peek()?.time ?? Number.POSITIVE_INFINITY) <= end) {
      this.step();
      await settle();
    }
  }

  /** Advances time whenever all tasks wait, until the promise settles. Rejects if no timer is left and it still waits. */
  async run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    work.then(done, done);
    for (let idle = 0; !settled; ) {
      await settle();
      if (settled) break;
      if (this.peek() === undefined) {
        if (++idle > 50) throw new Error('sandbox: nothing is planned on the virtual clock, and what it drives still waits');
      } else {
        idle = 0;
        this.step();
      }
    }
    return work;
  }

  private step(): void {
    const timer = this.pop();
    if (timer === undefined || timer.cancelled) return;
    this.time = Math.max(this.time, timer.time);
    timer.callback();
  }

  private peek(): Timer | undefined {
    while (this.heap[0]?.cancelled === true) this.pop();
    return this.heap[0];
  }

  private push(timer: Timer): void {
    const { heap } = this;
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, timer)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = timer;
  }

  private pop(): Timer | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      const least = a !== undefined && b !== undefined && isBefore(b, a) ? b : a;
      if (least === undefined || isBefore(last, least)) break;
      heap[i] = least;
      i = least === b ? left + 1 : left;
    }
    heap[i] = last;
    return first;
  }
}

const isBefore = (a: Timer, b: Timer): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

/** Resolves after all promises that can continue have continued. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
