import { join } from 'node:path';
import type { Problem } from '../errors/problem';
import type { KubeObject } from '../kube/object';
import { documentsOf } from './document';
import { type ManifestFiles, type ReadOptions, readFiles } from './files';
import { objectsOf } from './objects-of';

/** Manifests read from files. */
export interface Manifests {
  /** The objects read. */
  readonly objects: readonly KubeObject[];
  /** The file of each object. */
  readonly files: ReadonlyMap<KubeObject, string>;
  /** Parts that cannot be read, or are not objects; also a path without any object. */
  readonly problems: readonly Problem[];
  /** Probable mistakes that kubectl accepts, and subdirectories that were not read. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads the manifests of files and directories like `kubectl apply -f`, value for value; `List` objects are split.
 * Directories are read with their `gates` subdirectory, other subdirectories only with `recursive`.
 */
export async function readManifests(paths: readonly string[], options: ReadOptions = {}): Promise<Manifests> {
  const files = new Map<KubeObject, string>();
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const path of paths) {
    const read = readFiles(path, options);
    const before = files.size + problems.push(...read.problems);
    warnings.push(...unreadDirectories(read));
    for (const source of read.files) {
      const file = fileOf(read, source.file);
      for (const document of documentsOf({ ...source, file })) {
        const found = await objectsOf(document);
        problems.push(...found.problems);
        warnings.push(...found.warnings);
        for (const object of found.objects) files.set(object, file);
      }
    }
    if (files.size + problems.length === before && read.problems.length === 0) problems.push(noObjects(read));
  }
  return { objects: [...files.keys()], files, problems, warnings };
}

function fileOf({ path, artifact }: ManifestFiles, file: string): string {
  if (artifact !== undefined) return `${artifact}/${file}`;
  return path.endsWith(file) ? path : join(path, file);
}

/** The problem of a path that contains no object at all. */
export function noObjects({ path, unread }: Pick<ManifestFiles, 'path' | 'unread'>): Problem {
  const message = 'holds no Kubernetes object';
  const remedy =
    unread.length > 0
      ? `Read the subdirectories too with --recursive: ${unread.join(', ')}.`
      : 'Give the directory that holds the manifests. `serving uninstall` deletes a release.';
  return { code: 'MANIFESTS_MISSING', subject: path, message, remedy };
}

/** A warning about subdirectories with manifests that were not read. */
export function unreadDirectories({ path, unread }: Pick<ManifestFiles, 'path' | 'unread'>): readonly Problem[] {
  if (unread.length === 0) return [];
  const message = 'subdirectories with manifests were not read';
  const remedy = 'Read them too with --recursive.';
  return [{ code: 'DIRECTORY_NOT_READ', subject: path, message, got: unread, remedy }];
}
