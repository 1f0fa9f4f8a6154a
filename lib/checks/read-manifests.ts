import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Problem } from '../errors/problem';
import { isFields, textAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';

/** Manifests as files hold them. */
export interface Manifests {
  /** What was read. */
  readonly objects: readonly KubeObject[];
  /** The file of each object. */
  readonly files: ReadonlyMap<KubeObject, string>;
  /** What cannot be read, or is no object. */
  readonly problems: readonly Problem[];
}

/** Reads all YAML and JSON files of some folders and files; `List` objects are taken apart, notes and templates left alone. */
export function readManifests(paths: readonly string[]): Manifests {
  const files = new Map<KubeObject, string>();
  const problems: Problem[] = [];
  for (const file of paths.flatMap((path) => filesIn(path, problems))) {
    for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
      const [error] = document.errors;
      if (error !== undefined) problems.push(unreadable(file, error.message.split('\n', 1)[0] ?? ''));
      else for (const object of take(document.toJS(), file, problems)) files.set(object, file);
    }
  }
  return { objects: [...files.keys()], files, problems };
}

function filesIn(path: string, problems: Problem[]): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ya?ml|json)$/.test(name));
    // The index of a folder that synth wrote is no manifest.
    return names
      .filter((name) => name !== 'index.json')
      .sort()
      .map((name) => join(path, name));
  } catch {
    problems.push(unreadable(path, 'no such file or folder'));
    return [];
  }
}

function take(value: unknown, file: string, problems: Problem[]): readonly KubeObject[] {
  if (value === null || value === undefined) return [];
  if (isFields(value) && Array.isArray(value.items) && textAt(value, 'kind')?.endsWith('List') === true)
    return value.items.flatMap((item) => take(item, file, problems));
  if (isObject(value)) return [value];
  problems.push(unreadable(file, 'a document is no Kubernetes object'));
  return [];
}

function isObject(value: unknown): value is KubeObject {
  return [textAt(value, 'apiVersion'), textAt(value, 'kind'), textAt(value, 'metadata', 'name')].every(
    (text) => text !== undefined,
  );
}

const unreadable = (subject: string, message: string): Problem => ({
  code: 'MANIFEST_UNREADABLE',
  subject,
  message,
  expected: 'YAML or JSON with apiVersion, kind and metadata.name',
  remedy: 'Correct the file, or leave it out.',
});
