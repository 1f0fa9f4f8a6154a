import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Problem, ServingError } from '../../../lib/errors/problem';
import { listAt, textAt } from '../../../lib/kube/fields';
import type { KubeObject } from '../../../lib/kube/object';
import { readManifests } from '../../../lib/manifests';
import { apply, plan, type ReleaseOptions, rollback, uninstall } from '../../../lib/release';
import { SHARED } from '../../harness/cluster';
import { type Course, course, type ReleaseCluster, writesOf } from '../../release/harness';
import { differences, everything, kindsOf } from './everything';
import { refusedByKubectl } from './judge';
import { loadBalancers } from './load-balancers';
import { bringMissing } from './missing';

/** What became of one directory of public manifests. */
export interface Row {
  readonly name: string;
  readonly objects: number;
  /** `released` through all steps, `refused` before any change, `failed` and undone, or `wrong`: something must not be. */
  readonly verdict: 'not for kubectl' | 'released' | 'refused' | 'failed' | 'wrong';
  /** Why `kubectl apply --server-side --dry-run=server` refuses it, the code of our refusal, or what is wrong. */
  readonly why: string;
  /** What the problems say. */
  readonly details: readonly string[];
  /** What the plan named as missing, and was created for it. */
  readonly brought: readonly string[];
  /** Objects that stay after the uninstall, and were named. */
  readonly kept: number;
}

/** Kinds whose controllers are not there, so that they never become ready. */
const UNCONTROLLED = /^(RayService|HTTPRoute|GRPCRoute|Gateway|ExternalSecret|Certificate|LeaderWorkerSet)$/;

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** Releases a directory through its life: apply, apply again, another image, rollback, uninstall. */
export async function liveThrough(cluster: ReleaseCluster, directory: string, number: number): Promise<Row> {
  const name = directory.split('/').at(-1) ?? '';
  const { objects, problems } = await readManifests([directory], { recursive: true });
  const home = `corpus-${number}`;
  await cluster.kubectl('create', 'namespace', home);
  const theirs = await refusedByKubectl(cluster, directory, home, objects);
  const base: Row = {
    name,
    objects: objects.length,
    kept: 0,
    brought: [],
    details: [],
    verdict: 'not for kubectl',
    why: theirs ?? '',
  };
  if (theirs !== undefined) return { ...base, details: problems.map(({ code, message }) => `${code} ${message}`) };
  const defined = objects.filter(({ kind }) => kind === 'CustomResourceDefinition').map(({ metadata }) => metadata.name);
  // The directory installs them itself.
  if (defined.length > 0) await cluster.kubectl('delete', 'crd', '--ignore-not-found', ...defined);
  const untouched = await everything(cluster, kindsOf(objects));
  const simulated = loadBalancers(cluster);
  try {
    return await released(cluster, directory, base, { release: `r${number}`, namespace: home }, objects);
  } finally {
    await simulated.stop();
    await sweep(cluster, differences(untouched, await everything(cluster, kindsOf(objects)), [`Namespace//${home}`]), objects);
    await cluster.kubectl('delete', 'namespace', home, '--wait=false');
    if (defined.length > 0) await installDefinitions(cluster);
  }
}

/** The custom kinds that directories expect in their cluster. */
export async function installDefinitions(cluster: ReleaseCluster): Promise<void> {
  await cluster.kubectl('apply', '--server-side', '-f', join(SHARED, 'crds'));
}

async function released(
  cluster: ReleaseCluster,
  directory: string,
  base: Row,
  place: { readonly release: string; readonly namespace: string },
  objects: readonly KubeObject[],
): Promise<Row> {
  const timeoutMs = objects.some(({ kind }) => UNCONTROLLED.test(kind)) ? 15_000 : 45_000;
  const options = { ...place, createNamespace: true, recursive: true, timeoutMs };
  const brought: string[] = [];
  for (let times = 0; times < 3; times++) {
    const more = await bringMissing(cluster, await problemsOf(cluster, directory, options));
    if (more.length === 0) break;
    brought.push(...more.filter((one) => !brought.includes(one)));
  }
  const row: Row = { ...base, brought };
  const kinds = kindsOf(objects);
  const before = await everything(cluster, kinds);
  const run = (path: string, more: ReleaseOptions = {}) => course(apply(cluster.engine, path, { ...options, ...more }));
  // Namespaces that `--create-namespace` has made stay, as with Helm; the record lives in one of them.
  const made = [place.namespace, ...objects.flatMap(({ metadata }) => metadata.namespace ?? [])].map(
    (one) => `Namespace//${one}`,
  );
  const wrong = (why: string, of?: Course): Row => ({
    ...row,
    verdict: 'wrong',
    why,
    details: of === undefined ? [] : detailsOf(of),
  });

  const first = await run(directory);
  if (first.result.outcome !== 'succeeded') {
    const left = unnamed(differences(before, await everything(cluster, kinds), made), first);
    const fine = ['refused', 'rolled-back', 'rejected'].includes(first.result.outcome);
    if (!fine || left.length > 0) return wrong(`${first.result.outcome}: ${left.slice(0, 3).join(' ')}`, first);
    const why = [...new Set(first.result.problems.map(({ code }) => code))].join(', ');
    return { ...row, verdict: first.result.outcome === 'refused' ? 'refused' : 'failed', why, details: detailsOf(first) };
  }
  cluster.requests();
  const again = await run(directory);
  const writes = writesOf(cluster.requests());
  if (again.result.outcome !== 'unchanged' || writes.length > 0)
    return wrong(`again: ${again.result.outcome}, ${writes.length} writes, ${again.result.revision?.changed.join(' ')}`, again);
  const changed = withImage(objects);
  if (changed !== undefined) {
    const deployed = await everything(cluster, kinds);
    const second = await run(changed);
    if (second.result.outcome !== 'succeeded') return wrong('another image', second);
    const back = await course(rollback(cluster.engine, place, { timeoutMs, recover: true }));
    if (back.result.outcome !== 'succeeded') return wrong('rollback', back);
    const restored = differences(deployed, await everything(cluster, kinds), []);
    if (restored.length > 0) return wrong(`not rolled back: ${restored.slice(0, 4).join(' ')}`);
  }
  const end = await course(uninstall(cluster.engine, place));
  if (end.result.outcome !== 'succeeded') return wrong('uninstall', end);
  const left = unnamed(differences(before, await everything(cluster, kinds), made), end);
  if (left.length > 0) return wrong(`left or touched: ${left.slice(0, 4).join(' ')}`);
  return { ...row, verdict: 'released', why: '', kept: namedIn(end).length };
}

/** The problems of a plan; manifests that cannot be read have them, too. */
async function problemsOf(cluster: ReleaseCluster, directory: string, options: ReleaseOptions): Promise<readonly Problem[]> {
  try {
    return (await plan(cluster.engine, directory, options)).problems;
  } catch (error) {
    if (error instanceof ServingError) return error.problems;
    throw error;
  }
}

/** What a release has named in warnings, `PersistentVolumeClaim/models`. */
function namedIn({ events }: Course): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'warning' && event.problem.code === 'OBJECT_KEPT' ? [event.problem.subject] : [],
  );
}

/** The differences that a release has not named. */
function unnamed(left: readonly string[], of: Course): readonly string[] {
  const named = namedIn(of).map((subject) => subject.split('/'));
  return left.filter((key) => !named.some(([kind, name]) => key.startsWith(`+${kind}/`) && key.endsWith(`/${name}`)));
}

function detailsOf({ result }: Course): readonly string[] {
  return result.problems.map(({ code, subject, path, message }) => `${code} ${subject} ${path ?? ''} ${message}`);
}

/** Removes what a directory has left, so that the next one finds the cluster as this one did. */
async function sweep(cluster: ReleaseCluster, left: readonly string[], objects: readonly KubeObject[]): Promise<void> {
  const groups = new Map(
    objects.map(({ apiVersion, kind }) => [kind, kindsOf([{ apiVersion, kind, metadata: { name: '' } }])[0]]),
  );
  for (const key of left.filter((one) => one.startsWith('+'))) {
    const [kind = '', namespace = '', name = ''] = key.slice(1).split('/');
    const where = namespace === '' ? [] : ['-n', namespace];
    const brought = objects.some((one) => one.kind === kind && one.metadata.name === name);
    // Namespaces that were created on demand may serve the next directory too.
    if (kind === 'Namespace' && !brought) continue;
    await cluster
      .kubectl('delete', groups.get(kind) ?? kind, name, ...where, `--wait=${kind === 'Namespace'}`, '--timeout=60s')
      .catch(() => undefined);
  }
}

/** The same manifests with another image of one workload, as a directory; nothing where there is no workload. */
function withImage(objects: readonly KubeObject[]): string | undefined {
  const target = objects.find(
    ({ kind, spec }) => WORKLOADS.has(kind) && textAt(listAt(spec, 'template', 'spec', 'containers')[0], 'image') !== undefined,
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
