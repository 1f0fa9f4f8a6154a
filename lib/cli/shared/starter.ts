import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Interval for checking the parent processes, in milliseconds. */
const EVERY = 1000;

/**
 * Resolves when the `npx` or `npm run` that started this process has ended. npm does not forward signals and leaves a shell in
 * between, so its child would run forever. Never resolves for a process not started by npm: it may outlive its shell on purpose.
 */
export function starterEnded(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  if (env.npm_lifecycle_event === undefined) return new Promise(() => {});
  const shell = process.ppid;
  const npm = parentOf(shell);
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === shell && parentOf(shell) === npm) return;
      clearInterval(timer);
      resolve();
    }, EVERY);
    timer.unref();
  });
}

/** Parent of a process; undefined if the system does not report it. */
function parentOf(pid: number): number | undefined {
  try {
    const text =
      process.platform === 'linux'
        ? // The name in parentheses may contain spaces and parentheses itself.
          readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]
        : execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return text === undefined ? undefined : Number(text);
  } catch {
    return undefined;
  }
}
