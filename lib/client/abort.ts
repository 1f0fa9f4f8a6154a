import { setMaxListeners } from 'node:events';

/**
 * Calls `done` when the signal aborts, or at once if it already has. Returns a function that unregisters it.
 * Thousands of requests may share one signal, so Node's warning about more than ten listeners is disabled for it.
 */
export function onAbort(signal: AbortSignal | undefined, done: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) done();
  setMaxListeners(0, signal);
  signal.addEventListener('abort', done, { once: true });
  return () => signal.removeEventListener('abort', done);
}
