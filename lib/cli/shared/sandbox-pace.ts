/** Pod durations in the command line's sandbox, in milliseconds: slow enough to watch, fast enough to wait for. */
export const PACE = { startMs: 150, readyMs: 250, jobMs: 400 };
