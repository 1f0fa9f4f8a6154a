import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../../../../apps/images/images';
import { SHARED } from '../../../harness/cluster';

/** Debian's Python, and the libraries that wheels expect of every Linux. */
const PACKAGES = ['python3-minimal', 'libpython3-stdlib', 'libgomp1', 'libstdc++6', 'zlib1g', 'dash'];

/** An image with a server from Python's package index: `requirements` is a file beside this one that names every package. */
export function pythonImage(name: string, requirements: string, fill: (root: string) => void = () => undefined): Image {
  return {
    name,
    base: { packages: PACKAGES },
    fill: (root) => {
      install(root, join(__dirname, requirements));
      fill(root);
    },
  };
}

/** Runs the Python of an image on its files. */
export function inImage(root: string, ...args: readonly string[]): void {
  execFileSync('chroot', [root, '/usr/bin/python3', '-B', ...args], { stdio: 'pipe', env: { PATH: '/usr/sbin:/usr/bin' } });
}

/** Adds packages as `pip install` does on Debian, with the Python of this machine for the one of the image. */
function install(root: string, requirements: string): void {
  const version = readdirSync(join(root, 'usr/lib')).find((file) => /^python3\.\d+$/.test(file)) ?? '';
  const target = join(root, 'usr/local/lib', version, 'dist-packages');
  const wheels = ['--find-links', join(SHARED, 'cluster/wheels'), '--only-binary=:all:', '--no-deps', '--no-compile'];
  const python = ['--target', target, '--python-version', version.replace('python', '')];
  execFileSync('python3', ['-m', 'pip', 'install', '--quiet', ...python, ...wheels, '-r', requirements], { stdio: 'pipe' });
  for (const script of readdirSync(join(target, 'bin'))) {
    const text = readFileSync(join(target, 'bin', script), 'utf8');
    writeFileSync(join(target, 'bin', script), text.replace(/^#!.*python.*/, '#!/usr/bin/python3'));
  }
  renameSync(join(target, 'bin'), join(root, 'usr/local/bin'));
}
