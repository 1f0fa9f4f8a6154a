import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../harness/project';

/** How a run of the command line ended. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const MAIN = join(ROOT, 'build/lib/cli/main.js');

/** Where it runs, and with which variables besides those there are. */
export interface Place {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the compiled command line as users do, in the project itself. */
export function serving(...args: readonly string[]): Promise<Run> {
  return servingIn({}, ...args);
}

/** The same elsewhere. */
export function servingIn({ cwd = ROOT, env = {} }: Place, ...args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

/** Starts the compiled command line and leaves it running. */
export function startServing(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
}
