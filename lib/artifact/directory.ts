import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Problem, ServingError } from '../errors/problem';
import type { ArtifactFile } from './tar';

/** Reads all files of a directory and its subdirectories, except hidden ones. Rejects links: they point to files elsewhere. */
export function readDirectory(directory: string): readonly ArtifactFile[] {
  const problems: Problem[] = [];
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) {
    const message = found === undefined ? 'there is no such directory' : 'is no directory';
    const remedy = 'Give the directory of one stack that `synth` has written.';
    throw new ServingError([{ code: 'MANIFESTS_MISSING', subject: directory, message, remedy }]);
  }
  const files = filesIn(directory, '', problems);
  if (problems.length > 0) throw new ServingError(problems);
  return files;
}

function filesIn(top: string, inner: string, problems: Problem[]): readonly ArtifactFile[] {
  const names = readdirSync(join(top, inner)).filter((name) => !name.startsWith('.'));
  return names.sort().flatMap((name): readonly ArtifactFile[] => {
    const path = inner === '' ? name : `${inner}/${name}`;
    const file = join(top, path);
    const entry = lstatSync(file);
    if (entry.isDirectory()) return filesIn(top, path, problems);
    if (entry.isFile()) return [{ path, content: readFileSync(file) }];
    const message = 'is neither a file nor a directory';
    problems.push({ code: 'MANIFEST_UNREADABLE', subject: file, message, remedy: 'Replace it by a copy of the file.' });
    return [];
  });
}

/** Writes files into a new or empty directory, all or nothing. */
export function writeDirectory(directory: string, files: readonly ArtifactFile[]): void {
  if (existsSync(directory) && !(lstatSync(directory).isDirectory() && readdirSync(directory).length === 0)) {
    const remedy = 'Give a new directory with --to, or empty this one.';
    const problem: Problem = { code: 'OUTPUT_EXISTS', subject: directory, message: 'exists and is not empty', remedy };
    throw new ServingError([problem]);
  }
  mkdirSync(dirname(directory), { recursive: true });
  const building = mkdtempSync(join(dirname(directory), `.${basename(directory)}-`));
  try {
    for (const { path, content } of files) {
      const target = join(building, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content, { mode: 0o644 });
    }
    if (existsSync(directory)) rmdirSync(directory);
    renameSync(building, directory);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw error;
  }
}
