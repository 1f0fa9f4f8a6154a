import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ServingError } from '../../errors/problem';

/** A file created by this process. */
export interface OwnFile {
  /** Deletes the file, unless another process has changed or replaced it. */
  remove(): void;
}

/** Maximum size in bytes of a file from an earlier run. */
const LARGEST = 65_536;

/**
 * Writes a file that only its owner can read. `mark` is its first line, which identifies a file left by a killed run:
 * such a file is replaced. Any other file, link or directory at the path is left unchanged.
 *
 * @throws ServingError with FILE_EXISTS.
 */
export function createOwnFile(path: string, mark: string, content: string): OwnFile {
  const text = `${mark}\n${content}`;
  if (isMarked(path, mark)) rmSync(path);
  try {
    // Exclusive creation follows no link, and sets the mode from the first byte.
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExists(path);
    throw error;
  }
  const made = lstatSync(path).ino;
  return {
    remove: () => {
      const now = lstatSync(path, { throwIfNoEntry: false });
      if (now?.isFile() && now.ino === made && now.size === Buffer.byteLength(text) && readFileSync(path, 'utf8') === text)
        rmSync(path);
    },
  };
}

function isMarked(path: string, mark: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size > LARGEST) return false;
  return readFileSync(path, 'utf8').startsWith(`${mark}\n`);
}

function fileExists(path: string): ServingError {
  return new ServingError([
    {
      code: 'FILE_EXISTS',
      subject: path,
      message: 'another program made this file, so it stays',
      remedy: 'Choose another name, or delete the file.',
    },
  ]);
}
