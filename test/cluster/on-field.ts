import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { apply, type ReleaseEvent, type ReleaseOptions, uninstall } from '../../lib/release';
import { SHARED } from '../harness/cluster';
import { course, type ReleaseCluster, releaseCluster } from '../release/harness';

export const FIELD = join(SHARED, 'field');

/** A control plane of the surrounding suite, and releases `w` of what `../shared/field` has. */
export function onField() {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  const files = new Map<string, string>();
  /** A file or directory of ../shared/field, alone in a directory. */
  const given = (path: string): string => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const dir = mkdtempSync(join(tmpdir(), 'field-'));
    cpSync(join(FIELD, path), path.endsWith('.yaml') ? join(dir, 'a.yaml') : dir, { recursive: true });
    files.set(path, dir);
    return dir;
  };
  const written = (...objects: readonly object[]): string => {
    const dir = mkdtempSync(join(tmpdir(), 'field-'));
    writeFileSync(join(dir, 'a.json'), objects.map((object) => JSON.stringify(object)).join('\n'));
    return dir;
  };
  const release = (path: string, namespace: string, options: ReleaseOptions = {}, watch?: (event: ReleaseEvent) => void) =>
    course(
      apply(cluster.engine, files.get(path) ?? (path.startsWith('/') ? path : given(path)), {
        release: 'w',
        namespace,
        createNamespace: true,
        timeoutMs: 60_000,
        ...options,
      }),
      watch,
    );
  const gone = (namespace: string, options: { readonly pruneData?: boolean } = {}) =>
    course(uninstall(cluster.engine, { release: 'w', namespace }, options));
  const live = async (kind: string, name: string, namespace?: string): Promise<KubeObject | undefined> => {
    const args = ['get', kind, name, ...(namespace === undefined ? [] : ['-n', namespace]), '--ignore-not-found', '-o', 'json'];
    const text = await cluster.kubectl(...args, '--show-managed-fields');
    return text === '' ? undefined : (JSON.parse(text) as KubeObject);
  };
  const outcomes = (...courses: readonly { readonly result: { readonly outcome: string } }[]) =>
    courses.map(({ result }) => result.outcome);
  return {
    get cluster() {
      return cluster;
    },
    given,
    written,
    release,
    gone,
    live,
    outcomes,
  };
}
