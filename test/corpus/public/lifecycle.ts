import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonical } from '../../../lib/kube/canonical';
import { fieldsAt, isFields, listAt, textAt } from '../../../lib/kube/fields';
import type { KubeObject } from '../../../lib/kube/object';
import { readManifests } from '../../../lib/manifests';
import { apply, type ReleaseOptions, rollback, uninstall } from '../../../lib/release';
import { SHARED } from '../../harness/cluster';
import { type Course, course, type ReleaseCluster, writesOf } from '../../release/harness';

/** What became of one directory of public manifests. */
export interface Row {
  readonly name: string;
  readonly objects: number;
  /** `released` through all steps, `refused` before any change, `failed` and undone, or `wrong`: something must not be. */
  readonly verdict: 'not for kubectl' | 'released' | 'refused' | 'failed' | 'wrong';
  /** The code of a refusal, or what is wrong. */
  readonly why: string;
  /** Objects that stay after the uninstall, and were named. */
  readonly kept: number;
}

/** Directories of public manifests, unpacked where git does not look. */
export function publicDirectories(): readonly string[] {
  const dir = mkdtempSync(join(tmpdir(), 'public-'));
  execFileSync('tar', ['xJf', join(SHARED, 'public/manifests.tar.xz'), '-C', dir]);
  return readdirSync(join(dir, 'shown'))
    .sort()
    .map((name) => join(dir, 'shown', name));
}

/** Every object that the cluster has of the kinds that a directory may have, without what controllers keep changing. */
async function everything(cluster: ReleaseCluster, kinds: string): Promise<ReadonlyMap<string, string>> {
  const text = await cluster.kubectl('get', kinds, '-A', '-o', 'json', '--ignore-not-found');
  const items = text === '' ? [] : listAt(JSON.parse(text), 'items');
  return new Map(
    items.flatMap((item) => {
      if (!isFields(item)) return [];
      const { status: _status, ...rest } = item;
      const metadata = { ...fieldsAt(rest, 'metadata'), resourceVersion: '', generation: 0 };
      const key = `${textAt(item, 'kind')}/${textAt(item, 'metadata', 'namespace') ?? ''}/${textAt(item, 'metadata', 'name')}`;
      return [[key, canonical({ ...rest, metadata })] as const];
    }),
  );
}

/** Releases a directory through its life: apply, apply again, another image, rollback, uninstall. */
export async function liveThrough(cluster: ReleaseCluster, directory: string, number: number): Promise<Row> {
  const name = directory.split('/').at(-1) ?? '';
  const { objects, problems } = await readManifests([directory], { recursive: true });
  const base = { name, objects: objects.length, kept: 0 };
  if (problems.length > 0) return { ...base, verdict: 'not for kubectl', why: problems[0]?.code ?? '' };
  const home = `corpus-${number}`;
  await cluster.kubectl('create', 'namespace', home);
  const kinds = [...new Set([...objects.map(({ apiVersion, kind }) => kindArgument(apiVersion, kind)), 'namespaces'])].join(',');
  const served = await cluster.kubectl('apply', '-n', home, '--dry-run=client', '--validate=false', '-R', '-f', directory).then(
    () => true,
    (error: { stderr?: string }) => !/no matches for kind/.test(error.stderr ?? ''),
  );
  if (!served) return { ...base, verdict: 'not for kubectl', why: 'a kind that is not served' };
  const before = await everything(cluster, kinds).catch(() => new Map<string, string>());
  const options = {
    release: `r${number}`,
    namespace: home,
    createNamespace: true,
    ignoreCapacity: true,
    recursive: true,
    timeoutMs: 25_000,
  };
  const run = (path: string, more: ReleaseOptions = {}) => course(apply(cluster.engine, path, { ...options, ...more }));
  // Namespaces that `--create-namespace` has made stay, as with Helm; the record lives in one of them.
  const made = [home, ...objects.flatMap(({ metadata }) => metadata.namespace ?? [])];
  const wrong = (why: string): Row => ({ ...base, verdict: 'wrong', why });

  const first = await run(directory);
  const codes = [...new Set(first.result.problems.map(({ code }) => code))].join(', ');
  if (first.result.outcome !== 'succeeded') {
    const left = differences(before, await everything(cluster, kinds).catch(() => before), made);
    const fine =
      first.result.outcome === 'refused' || first.result.outcome === 'rolled-back' || first.result.outcome === 'rejected';
    if (!fine || left.length > 0) return wrong(`${first.result.outcome}: ${codes} ${left.slice(0, 3).join(' ')}`);
    return { ...base, verdict: first.result.outcome === 'refused' ? 'refused' : 'failed', why: codes };
  }
  cluster.requests();
  const again = await run(directory);
  const writes = writesOf(cluster.requests());
  if (again.result.outcome !== 'unchanged' || writes.length > 0)
    return wrong(
      `second apply: ${again.result.outcome}, ${writes.length} writes, ${again.result.revision?.changed.slice(0, 3).join(' ')}`,
    );
  const changed = withImage(objects);
  if (changed !== undefined) {
    const second = await run(changed);
    if (second.result.outcome !== 'succeeded') return wrong(`another image: ${summary(second)}`);
    const back = await course(
      rollback(
        cluster.engine,
        { release: options.release, namespace: home },
        { ignoreCapacity: true, timeoutMs: 25_000, recover: true },
      ),
    );
    if (back.result.outcome !== 'succeeded') return wrong(`rollback: ${summary(back)}`);
  }
  const end = await course(uninstall(cluster.engine, { release: options.release, namespace: home }));
  if (end.result.outcome !== 'succeeded') return wrong(`uninstall: ${summary(end)}`);
  const named = end.events.flatMap((event) => (event.type === 'warning' ? [event.problem.subject] : []));
  const left = differences(before, await everything(cluster, kinds), made).filter(
    (key) => !named.some((subject) => key.startsWith(`+${subject.split('/')[0]}/`) && key.endsWith(`/${subject.split('/')[1]}`)),
  );
  if (left.length > 0) return wrong(`left or touched: ${left.slice(0, 4).join(' ')}`);
  return { ...base, verdict: 'released', why: '', kept: named.length };
}

function kindArgument(apiVersion: string, kind: string): string {
  const [version = '', group] = apiVersion.split('/').reverse();
  return group === undefined ? kind : `${kind}.${version}.${group}`;
}

function summary({ result }: Course): string {
  return `${result.outcome} ${result.problems.map(({ code, subject, message }) => `${code} ${subject} ${message.slice(0, 100)}`).join('; ')}`;
}

/** What is there that was not (`+`), what is gone (`-`), and what is otherwise (`~`); namespaces that are being deleted are gone. */
function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  but: readonly string[],
): readonly string[] {
  const named = (key: string) =>
    but.some((namespace) => key === `Namespace//${namespace}`) || /\/(kube-root-ca.crt|default|cdk8s-serving\.[^/]*)$/.test(key);
  const going = (state: string | undefined) => state?.includes('"deletionTimestamp"') === true;
  const keys = [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => !named(key) && !going(after.get(key)) && !going(before.get(key)),
  );
  return keys.flatMap((key) => {
    if (!before.has(key)) return [`+${key}`];
    if (!after.has(key)) return [`-${key}`];
    return before.get(key) === after.get(key) ? [] : [`~${key}`];
  });
}

/** The same manifests with another image of one workload, as a directory; nothing where there is no workload. */
function withImage(objects: readonly KubeObject[]): string | undefined {
  const target = objects.find(
    ({ kind, spec }) => kind === 'Deployment' && listAt(spec, 'template', 'spec', 'containers').length > 0,
  );
  if (target === undefined) return undefined;
  const text = objects.map((object) => {
    if (object !== target) return JSON.stringify(object);
    return JSON.stringify(object).replace(/"image":"[^"]*"/, '"image":"registry.test/changed:2"');
  });
  const dir = mkdtempSync(join(tmpdir(), 'changed-'));
  writeFileSync(join(dir, 'all.json'), text.join('\n'));
  return dir;
}
