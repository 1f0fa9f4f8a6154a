import { type Profiler, Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

/**
 * Counts work instead of time: how often V8 enters a function or a block of the project's code while something runs. Equal runs count
 * alike on any machine.
 */
export function workOf(run: () => void): number {
  const session = new Session();
  session.connect();
  try {
    // Optimized code does not count.
    setFlagsFromString('--no-opt');
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    run();
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      scripts = result;
    });
    session.post('Profiler.stopPreciseCoverage');
    const ours = scripts.filter(({ url }) => url.includes('/lib/') && !url.includes('node_modules'));
    return ours.flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges)).reduce((sum, { count }) => sum + count, 0);
  } finally {
    session.disconnect();
    setFlagsFromString('--opt');
  }
}
