import { type Profiler, Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

/**
 * Counts work instead of time: how often V8 enters a function or a block of the project's code while something runs. Equal runs count
 * alike on any machine.
 */
export function workOf(run: () => void): number {
  const counting = new Counting();
  try {
    run();
    return counting.result();
  } finally {
    counting.end();
  }
}

/** The same for what takes turns with others; nothing else may run meanwhile. */
export async function workDuring(run: () => Promise<unknown>): Promise<number> {
  const counting = new Counting();
  try {
    await run();
    return counting.result();
  } finally {
    counting.end();
  }
}

class Counting {
  private readonly session = new Session();

  constructor() {
    this.session.connect();
    // Optimized code does not count.
    setFlagsFromString('--no-opt');
    this.session.post('Profiler.enable');
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  result(): number {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    this.session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      scripts = result;
    });
    const ours = scripts.filter(({ url }) => url.includes('/lib/') && !url.includes('node_modules'));
    return ours.flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges)).reduce((sum, { count }) => sum + count, 0);
  }

  end(): void {
    this.session.post('Profiler.stopPreciseCoverage');
    this.session.disconnect();
    setFlagsFromString('--opt');
  }
}
