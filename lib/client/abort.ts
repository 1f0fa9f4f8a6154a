import { setMaxListeners } from 'node:events';

/**
 * Calls `done` when the signal aborts, at once if it has. Returns what takes it back.
 * Thousands of requests may hang on one signal, so Node's warning about more than ten listeners is switched off for it.
 */
export function onAbort(signal: AbortSignal | undefined, done: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) done();
  setMaxListeners(0, signal);
  signal.addEventListener('abort', done, { once: true });
  return () => signal.removeEventListener('abort', done);
}
