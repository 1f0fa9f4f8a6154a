import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './project';

/** Runs a program as a user does; its standard output. */
export const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Packs the package as it would be published. Returns the path of the tarball. */
export function pack(folder: string): string {
  const packed = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], ROOT);
  const [{ filename } = { filename: '' }] = JSON.parse(packed) as readonly { readonly filename: string }[];
  return join(folder, filename);
}

/** A project that `serving init` of the packed package has written, with everything installed. */
export function newProject(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'new-'));
  const tarball = pack(folder);
  run('npm', ['exec', '--yes', '--package', tarball, '--', 'serving', 'init', name], folder);
  const project = join(folder, name);
  // The project has its own copy.
  rmSync(tarball);
  run('npm', ['install', '--no-audit', '--no-fund'], project);
  return project;
}
