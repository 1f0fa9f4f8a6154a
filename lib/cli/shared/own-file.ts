import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ServingError } from '../../errors/problem';

/** A file of this process. */
export interface OwnFile {
  /** Deletes the file, unless another process has changed or replaced it. */
  remove(): void;
}

/** The largest file, in bytes, that can be one of an earlier run. */
const LARGEST = 65_536;

/**
 * Writes a file that only its owner may read. `mark` is its first line, by which a later run knows what an earlier, killed one left behind:
 * that is replaced. Any other file, link or directory in its place is left as it is.
 *
 * @throws ServingError with FILE_EXISTS.
 */
export function createOwnFile(path: string, mark: string, content: string): OwnFile {
  const text = `${mark}\n${content}`;
  if (isMarked(path, mark)) rmSync(path);
  try {
    // Exclusive creation follows no link, and the mode is set from the first byte.
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
