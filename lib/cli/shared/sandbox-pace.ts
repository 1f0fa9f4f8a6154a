/** How long pods take on the sandbox of the command line: slow enough to watch, quick enough to wait for. Milliseconds. */
export const PACE = { startMs: 150, readyMs: 250, jobMs: 400 };
