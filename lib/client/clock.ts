import { onAbort } from './abort';

/** Time as the client, the release engine and the sandbox see it; tests provide one they control. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after this many milliseconds, or immediately (without an error) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after this many milliseconds; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** `sleep`, based on a clock's timers. */
export function sleepOn(clock: Pick<Clock, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const cancel = clock.after(ms, () => {
      forget();
      resolve();
    });
    const forget = onAbort(signal, () => {
      cancel();
      resolve();
    });
  });
}

/** The system clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepOn(systemClock, ms, signal),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** A signal that aborts with `outer`, or when its deadline passes. (`AbortSignal.any` leaks on Node 20.) */
export class Deadline {
  readonly #abort = new AbortController();
  readonly #clock: Clock;
  readonly #forget: () => void;
  #cancel = () => {};
  #passed = false;

  constructor(clock: Clock, ms: number, outer: AbortSignal | undefined) {
    this.#clock = clock;
    this.#forget = onAbort(outer, () => this.#abort.abort());
    this.extend(ms);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether the deadline, rather than the caller, ended the work. */
  get passed(): boolean {
    return this.#passed;
  }

  /** Extends the deadline to this many milliseconds from now. */
  extend(ms: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(ms, () => {
      this.#passed = true;
      this.#abort.abort();
    });
  }

  /** Ends the work: removes timer and signal listener. */
  end(): void {
    this.#cancel();
    this.#forget();
  }
}
