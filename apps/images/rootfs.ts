import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';

/** Dependencies needed only by installation scripts, which never run here. */
const INSTALLERS = /^(adduser|debconf|dpkg|gcc|init-system|libperl|libjs|lsb|passwd|perl|procps|sysvinit|tar|usrmerge)/;

/** Creates a directory with the top level of a Debian system. */
export function emptyRoot(root: string): void {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
}

/** Adds Debian packages and their runtime dependencies. They are downloaded and unpacked, but not installed. */
export function addPackages(root: string, packages: readonly string[], downloads: string): void {
  mkdirSync(join(downloads, 'partial'), { recursive: true });
  // As on a machine without any packages, so that all dependencies are included.
  const nothing = ['-o', 'Dir::State::status=/dev/null', '-o', 'Debug::NoLocking=1', '-o', 'APT::Install-Recommends=false'];
  const into = ['-o', `Dir::Cache::archives=${downloads}`];
  const apt = (...args: readonly string[]) => execFileSync('apt-get', ['-qq', '-y', ...args], { stdio: 'pipe' });
  const download = () => apt(...nothing, ...into, '--download-only', 'install', ...packages);
  try {
    download();
  } catch {
    apt('update'); // a fresh machine has no lists, an old one has outdated lists
    download();
  }
  for (const file of readdirSync(downloads).filter((name) => name.endsWith('.deb') && !INSTALLERS.test(name))) {
    const archive = execFileSync('dpkg-deb', ['--fsys-tarfile', join(downloads, file)], { maxBuffer: 2 ** 28 });
    execFileSync('tar', ['-x', '-C', root, '--keep-directory-symlink'], { input: archive });
  }
  for (const unread of ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/lib/x86_64-linux-gnu/gconv']) {
    rmSync(join(root, unread), { recursive: true, force: true });
  }
}

/** Adds a service as a single file. */
export function addService(root: string, entry: string, path = 'app/main.js'): void {
  const outfile = join(root, path);
  buildSync({ entryPoints: [entry], bundle: true, platform: 'node', target: 'node20', outfile, logLevel: 'error' });
}

/** Adds one file. */
export function addFile(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Adds a directory of the sources. */
export function addFolder(root: string, path: string, source: string): void {
  cpSync(source, join(root, path), { recursive: true });
}
