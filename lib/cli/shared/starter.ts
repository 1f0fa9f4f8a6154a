import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How often the processes above are looked at, in milliseconds. */
const EVERY = 1000;

/**
 * Resolves when `npx` or `npm run`, having started this process, has ended. npm does not pass signals on, and leaves a shell in between,
 * so that its child would go on forever. Never resolves for a process that npm did not start: it may outlive its shell on purpose.
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

/** The parent of a process; undefined when the system does not tell. */
function parentOf(pid: number): number | undefined {
  try {
    const text =
      process.platform === 'linux'
        ? // The name in parentheses may hold spaces and parentheses itself.
          readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]
        : execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return text === undefined ? undefined : Number(text);
  } catch {
    return undefined;
  }
}
