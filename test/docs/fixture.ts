import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServing } from '../cli/run-serving';
import { ROOT } from '../harness/project';

/** A machine on which a page's commands run: a copy of this project, or an empty folder, and a cluster in memory. */
export interface Fixture {
  readonly folder: string;
  run(script: string): Promise<{ readonly code: number; readonly err: string }>;
  end(): Promise<void>;
}

const PARTS = ['build', 'apps', 'environments', 'lib', 'cdk8s.yaml', 'package.json', 'dist', 'tsconfig.json'];

/** Versions that are wrong on every page: one that nobody has pushed, one with a worse model. */
const WRONG = ['v2.2.0-rc3=image', 'v2.2.0-rc4=gate'];

/** Sets a machine up. Programs are linked, not installed: `npm install` and `npm ci` put the links into a folder. */
export async function fixture(kind: 'copy' | 'empty'): Promise<Fixture> {
  const base = mkdtempSync(join(tmpdir(), 'docs-'));
  const [folder, bin, modules] = ['cdk8s-serving', 'bin', 'modules'].map((name) => join(base, name)) as [string, string, string];
  for (const path of [folder, bin, modules]) mkdirSync(path);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  symlinkSync(ROOT, join(modules, 'cdk8s-serving'));
  if (kind === 'copy') {
    for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true, preserveTimestamps: true });
    symlinkSync(modules, join(folder, 'node_modules'));
  }
  const own = `"${process.execPath}" "${ROOT}/build/lib/cli/main.js"`;
  const script = (name: string, lines: readonly string[]) =>
    writeFileSync(join(bin, name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  script('serving', [`exec ${own} "$@"`]);
  script('npx', [
    'program=$1; shift',
    `case $program in serving|cdk8s-serving) exec ${own} "$@";; esac`,
    `exec "${modules}/.bin/$program" "$@"`,
  ]);
  const link = `{ [ -e node_modules ] || ln -s "${modules}" node_modules; exit 0; }`;
  const path = process.env.PATH ?? '';
  script('npm', [`case $1 in install|ci) ${link};; esac`, `npm=$(PATH="${path}" command -v npm)`, 'exec "$npm" "$@"']);

  const kubeconfig = join(folder, 'sandbox.kubeconfig');
  const sandbox = startServing('sandbox', '--write-kubeconfig', kubeconfig, '--fail', ...WRONG);
  if (sandbox.stdout !== null) await once(sandbox.stdout, 'data');
  const env = {
    ...process.env,
    PATH: `${bin}:${path}`,
    KUBECONFIG: kubeconfig,
    CDK8S_CHECK_UPGRADE: 'false',
    NO_COLOR: '1',
  };
  return {
    folder,
    run: (text) =>
      new Promise((resolve) => {
        execFile('bash', ['-c', text], { cwd: folder, env, timeout: 400_000 }, (error, _, err) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, err }),
        );
      }),
    end: async () => {
      sandbox.kill('SIGKILL');
      rmSync(base, { recursive: true, force: true });
    },
  };
}
