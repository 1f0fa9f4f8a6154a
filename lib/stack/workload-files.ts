import type { Problem } from '../errors/problem';
import { joinName } from '../kube/names';
import type { KubeObject } from '../kube/object';
import type { Mount } from '../kube/pod';
import type { Component } from './component';
import { patchedHash } from './patched-hash';
import type { Sidecar, WorkloadProps } from './workload-props';

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

/** One mount per file of the main container, so that other files of the image in the same directory stay. */
export function fileMounts(owner: Component, props: WorkloadProps): readonly Mount[] {
  const all = allFiles(props) ?? {};
  if (Object.keys(all).length === 0) return [];
  const volume = { name: 'files', source: { configMap: { name: filesName(owner, all) } } };
  const paths = Object.keys(props.files ?? {});
  // Without a path, only the other containers mount it.
  if (paths.length === 0) return [volume];
  return paths.map((path) => ({ ...volume, mountPath: path, subPath: keyOf(path) }));
}

/** A container beside the main one, with its files mounted. */
export function withFiles({ files = {}, ...container }: Sidecar): Omit<Sidecar, 'files'> {
  const own = Object.keys(files).map((path) => ({ name: 'files', mountPath: path, subPath: keyOf(path), readOnly: true }));
  return own.length === 0 ? container : { ...container, volumeMounts: [...(container.volumeMounts ?? []), ...own] };
}

/** The containers beside the main one. */
function othersIn({ sidecars = [], initContainers = [], frontProxy }: WorkloadProps) {
  return [...sidecars, ...initContainers, ...(frontProxy === undefined ? [] : [frontProxy])];
}

/** Files of the main container and of those beside it. They share a ConfigMap. */
export function allFiles(props: WorkloadProps): WorkloadFiles | undefined {
  const given = [props, ...othersIn(props)].flatMap(({ files }) => files ?? []);
  return given.length === 0 ? undefined : Object.assign({}, ...given);
}

/** Files that two containers have under one path, with different content. */
export function conflictingFiles(props: WorkloadProps) {
  const seen = new Map(Object.entries(props.files ?? {}));
  return othersIn(props).flatMap((one) =>
    Object.entries(one.files ?? {}).flatMap(([path, content]) => {
      const other = seen.get(path);
      seen.set(path, content);
      if (other === undefined || other === content) return [];
      return [
        {
          code: 'INVALID_VALUE' as const,
          path: `${one.name}.files`,
          message: 'another container of the pod has another file under this path',
          got: path,
          expected: 'a path of its own',
          remedy: 'Rename one of the files.',
        },
      ];
    }),
  );
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
