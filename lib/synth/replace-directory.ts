import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  constants as fs,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Suffixes of the sibling directories: the replacement, and the previous one. */
const NEXT = 'next';
const LAST = 'last';
const BESIDE = /^(.+)\.[0-9a-f]{12}\.(next|last)$/;

/** A complete replacement for a directory, next to it. */
export interface Prepared {
  readonly target: string;
  readonly next: string;
}

/**
 * Builds the replacement for a directory next to it, so that readers and killed processes never leave or see a partial one.
 * Unchanged files are linked, so they remain the same files.
 * @param changes content by path below the directory; undefined for files to remove
 */
export function prepare(target: string, changes: ReadonlyMap<string, string | undefined>): Prepared {
  const next = beside(target, NEXT);
  try {
    mkdirSync(next, { recursive: true, ...modeOf(target) });
    keep(target, next, '', changes);
    for (const [path, content] of changes) {
      if (content === undefined) continue;
      mkdirSync(dirname(join(next, path)), { recursive: true });
      writeFileSync(join(next, path), content, { flag: 'wx' });
    }
  } catch (error) {
    rmSync(next, { recursive: true, force: true });
    throw error;
  }
  return { target, next };
}

/** Moves a prepared directory into place. Between the two renames the directory is missing, but never mixed. */
export function replaceDirectory({ target, next }: Prepared): void {
  const goes = readdirSync(next).length === 0;
  // After a crash, a directory moved aside is restored, and one being removed is not.
  const last = beside(target, goes ? NEXT : LAST);
  if (isThere(target)) renameSync(target, last);
  if (!goes) renameSync(next, target);
  discard({ target, next });
  rmSync(last, { recursive: true, force: true });
}

/** Removes a prepared directory that is no longer needed. */
export function discard({ next }: Prepared): void {
  rmSync(next, { recursive: true, force: true });
}

/** Restores or removes what a killed process has left behind. */
export function heal(parent: string): void {
  if (!isThere(parent)) return;
  for (const name of readdirSync(parent)) {
    const [, target = '', which] = BESIDE.exec(name) ?? [];
    if (target === '') continue;
    if (which === LAST && !isThere(join(parent, target))) renameSync(join(parent, name), join(parent, target));
    else rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** Links the unchanged files of a directory into the replacement. */
function keep(from: string, to: string, below: string, changes: ReadonlyMap<string, string | undefined>): void {
  if (!isThere(from)) return;
  for (const entry of readdirSync(join(from, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (changes.has(path)) continue;
    if (!entry.isDirectory()) link(join(from, path), join(to, path));
    else if (holdsMore(join(from, path), path, changes)) {
      mkdirSync(join(to, path), modeOf(join(from, path)));
      keep(from, to, path, changes);
    }
  }
}

/** Whether any file of a directory stays; another tool's empty directory stays too. */
function holdsMore(folder: string, path: string, changes: ReadonlyMap<string, string | undefined>): boolean {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (entries.length === 0) return true;
  return entries.some((entry) => {
    const inner = `${path}/${entry.name}`;
    return entry.isDirectory() ? holdsMore(join(folder, entry.name), inner, changes) : !changes.has(inner);
  });
}

function beside(target: string, which: typeof NEXT | typeof LAST): string {
  return `${target}.${randomBytes(6).toString('hex')}.${which}`;
}

/** Links a file under another name, or copies it on filesystems without links. */
function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^(EPERM|ENOSYS|ENOTSUP|EXDEV|EMLINK|EACCES)$/.test(code)) throw error;
    copyFileSync(from, to, fs.COPYFILE_EXCL);
    const { atime, mtime } = lstatSync(from);
    utimesSync(to, atime, mtime);
  }
}

function modeOf(folder: string): { readonly mode?: number } {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true ? { mode: found.mode & 0o7777 } : {};
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
