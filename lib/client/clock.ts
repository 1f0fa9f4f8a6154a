import { onAbort } from './abort';

/** Time as the client and the release engine see it; tests and the sandbox hand in one that they drive. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so many milliseconds, at once (without an error) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      let forget = () => {};
      const done = () => {
        clearTimeout(timer);
        forget();
        resolve();
      };
      const timer = setTimeout(done, ms);
      forget = onAbort(signal, done);
    }),
};

/** The reason given, because the default is an error with its stack, for every request. */
const OVER = 'over';

/** A signal that aborts with `outer`, or when its deadline passes. (`AbortSignal.any` leaks on Node 20.) */
export class Deadline {
  readonly #abort = new AbortController();
  readonly #clock: Clock;
  readonly #forget: () => void;
  #timer = new AbortController();
  #passed = false;

  constructor(clock: Clock, ms: number, outer: AbortSignal | undefined) {
    this.#clock = clock;
    this.#forget = onAbort(outer, () => this.#abort.abort());
    this.extend(ms);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether it was the deadline, and not the caller, that ended the work. */
  get passed(): boolean {
    return this.#passed;
  }

  /** So many milliseconds from now on. */
  extend(ms: number): void {
    this.#timer.abort(OVER);
    const timer = new AbortController();
    this.#timer = timer;
    void this.#clock.sleep(ms, timer.signal).then(() => {
      if (timer.signal.aborted) return;
      this.#passed = true;
      this.#abort.abort();
    });
  }

  /** The work is done: forgets timer and signal. */
  end(): void {
    this.#timer.abort(OVER);
    this.#forget();
  }
}
