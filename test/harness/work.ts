import { type Profiler, Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

/** How often V8 entered the project's code. Equal runs count alike on any machine. */
export interface Work {
  /** Entries into functions and blocks. */
  readonly steps: number;
  /** Calls of each function, by its place. */
  readonly calls: ReadonlyMap<string, number>;
}

/** Counts work instead of time while something runs. */
export function workOf(run: () => void): Work {
  const counting = new Counting();
  try {
    run();
    return counting.result();
  } finally {
    counting.end();
  }
}

/** The same for what takes turns with others; nothing else may run meanwhile. */
export async function workDuring(run: () => Promise<unknown>): Promise<Work> {
  const counting = new Counting();
  try {
    await run();
    return counting.result();
  } finally {
    counting.end();
  }
}

/** Fewer calls are noise. */
const CALLS = 400;

/**
 * Functions that are called far more than in proportion when there is `times` as much to do: what grows with the square may be
 * little work yet.
 */
export function steep(few: Work, many: Work, times: number): readonly string[] {
  return [...many.calls].flatMap(([place, count]) => {
    const before = few.calls.get(place) ?? 0;
    const exponent = Math.log(count / Math.max(before, 1)) / Math.log(times);
    return count >= CALLS && before > 0 && exponent > 1.5 ? [`${place}: ${before} → ${count}`] : [];
  });
}

class Counting {
  private readonly session = new Session();

  constructor() {
    this.session.connect();
    // Optimized code does not count.
    setFlagsFromString('--no-opt');
    setFlagsFromString('--no-maglev');
    this.session.post('Profiler.enable');
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  result(): Work {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    this.session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      scripts = result;
    });
    const ours = scripts.filter(({ url }) => url.includes('/lib/') && !url.includes('node_modules'));
    const functions = ours.flatMap(({ url, functions: own }) => own.map((one) => ({ url, ...one })));
    const steps = functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
    const calls = functions.map(({ url, functionName, ranges: [whole] }): [string, number] => {
      const { startOffset = 0, count = 0 } = whole ?? {};
      return [`${url.replace(/^.*\/lib\//, 'lib/')} ${functionName} at ${startOffset}`, count];
    });
    return { steps, calls: new Map(calls) };
  }

  end(): void {
    this.session.post('Profiler.stopPreciseCoverage');
    this.session.disconnect();
    setFlagsFromString('--opt');
  }
}
