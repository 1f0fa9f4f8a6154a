import type { Problem } from '../errors/problem';
import { joinName } from '../kube/names';
import type { KubeObject } from '../kube/object';
import type { Mount } from '../kube/pod';
import type { Component } from './component';
import { patchedHash } from './patched-hash';

/** Files of a workload by absolute path. */
export type WorkloadFiles = Readonly<Record<`/${string}`, string>>;

/** A ConfigMap holds at most 1 MiB. @see https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
const LIMIT = 1024 * 1024;

/** Key of a file in its ConfigMap: a path without characters that a key cannot have. */
const keyOf = (path: string): string => path.slice(1).replaceAll(/[^-._a-zA-Z0-9]/g, '_');

function dataOf(files: WorkloadFiles): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [keyOf(path), content]));
}

/** Type of the object with the files. */
export const FILES = { apiVersion: 'v1', kind: 'ConfigMap' } as const;

/** Name of the ConfigMap: it follows from the content, patches included. */
export function filesName(owner: Component, files: WorkloadFiles): string {
  const data = dataOf(files);
  return joinName(owner.resourceName, 'files', patchedHash(owner, 'Files', { data }, data));
}

/** The ConfigMap with the files. */
export function filesMap(owner: Component, files: WorkloadFiles = {}): Partial<KubeObject> {
  return { metadata: { name: filesName(owner, files) }, immutable: true, data: dataOf(files) };
}

/** One mount per file, so that other files of the image in the same directory stay. */
export function fileMounts(owner: Component, files: WorkloadFiles = {}): readonly Mount[] {
  return Object.keys(files).map((path) => ({
    name: 'files',
    source: { configMap: { name: filesName(owner, files) } },
    mountPath: path,
    subPath: keyOf(path),
  }));
}

/** Files that do not fit into one ConfigMap, or that would take each other's place in it. */
export function fileProblems(files: WorkloadFiles): readonly Omit<Problem, 'subject'>[] {
  const paths = Object.keys(files);
  const size = Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  const first = new Map([...paths].reverse().map((path) => [keyOf(path), path]));
  const same = paths.filter((path) => first.get(keyOf(path)) !== path);
  return [
    ...same.map((path) => ({
      code: 'INVALID_VALUE' as const,
      path: 'files',
      message: 'two files have the same key in their ConfigMap',
      got: path,
      expected: `a path that differs from ${first.get(keyOf(path))} in letters or digits`,
      remedy: 'Rename one of the files.',
    })),
    ...(size <= LIMIT
      ? []
      : [
          {
            code: 'INVALID_VALUE' as const,
            path: 'files',
            message: 'the files do not fit into a ConfigMap',
            got: `${size} bytes`,
            expected: `at most ${LIMIT} bytes`,
            remedy: 'Put large files on a volume.',
          },
        ]),
  ];
}
