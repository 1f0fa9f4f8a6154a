import { execFileSync } from 'node:child_process';

/** Installs packages of Debian whose programs are missing; `.ci/run` has done so on the machines that run it. */
export function installed(...packages: readonly string[]): void {
  const missing = packages.filter((name) => !has(name));
  if (missing.length === 0) return;
  const apt = (...args: readonly string[]) =>
    execFileSync('apt-get', ['-qq', ...args], { stdio: 'pipe', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  apt('update');
  // Only the programs: no service of theirs may run.
  apt('install', '-y', '--no-install-recommends', '-o', 'DPkg::Options::=--force-confold', ...missing);
}

function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v "$0"', program], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
