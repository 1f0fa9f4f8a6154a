import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fields, isFields, listAt, without } from '../../lib/kube/fields';
import { displayName, type KubeObject } from '../../lib/kube/object';
import { readManifests } from '../../lib/manifests';
import { apply } from '../../lib/release';
import { publicDirectories } from '../corpus/public/directories';
import { kindsOf } from '../corpus/public/everything';
import { hasCluster } from '../harness/cluster';
import { course, helmTemplate, type ReleaseCluster, releaseCluster } from '../release/harness';

/** Charts of ../shared, and directories of others. */
const CHARTS = ['fraud-model', 'ml-serving-stack', 'my-model-chart'];
const PUBLIC = ['bit-nginx', 'bit-mongodb', 'ms-demo', 'prom-kube-state-metrics', 'ex-web-guestbook-go', 'exold-cluster-dns'];

/** What the API server or a controller makes up for each object, and what is ours. */
const MADE_UP: Readonly<Record<string, readonly string[]>> = {
  Service: ['clusterIP', 'clusterIPs', 'healthCheckNodePort', 'nodePort'],
  PersistentVolumeClaim: ['volumeName'],
  // The scheduler chooses among equals by chance.
  Pod: ['nodeName', 'topology.kubernetes.io/zone', 'topology.kubernetes.io/region'],
  Job: ['controller-uid', 'batch.kubernetes.io/controller-uid'],
};
const EACH = ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'managedFields', 'finalizers', 'selfLink'];

/** An object as it is compared: what the manifests and the API server's defaults have made of it. */
function comparable({ status: _status, ...object }: KubeObject): unknown {
  const dropped = new Set(MADE_UP[object.kind] ?? []);
  const strip = (value: unknown, name = ''): unknown => {
    if (Array.isArray(value)) return value.map((item) => strip(item));
    if (typeof value === 'string') return value.replace(/^kube-api-access-\w+$/, 'kube-api-access');
    if (!isFields(value)) return value;
    const own = name === 'labels' || name === 'annotations' ? /^(cdk8s-serving\/|pv\.kubernetes\.io\/|volume\.)/ : /^$/;
    const entries = Object.entries(value).filter(([key]) => {
      if (own.test(key) || dropped.has(key) || key === 'deployment.kubernetes.io/revision') return false;
      return !(object.kind === 'Service' && key === 'clusterIP' && value[key] !== 'None');
    });
    return Object.fromEntries(entries.map(([key, inside]) => [key, strip(inside, key)]));
  };
  const metadata = EACH.reduce<Fields>((rest, field) => without(rest, field), object.metadata);
  const { annotations = {}, labels = {}, ...rest } = strip(metadata) as Record<string, unknown>;
  return { ...(strip({ ...object, metadata: {} }) as object), metadata: { ...rest, annotations, labels } };
}

describe.skipIf(!hasCluster)('a release, against kubectl apply --server-side of the same manifests', () => {
  let cluster: ReleaseCluster;
  const directories = new Map<string, string>();
  beforeAll(async () => {
    cluster = await releaseCluster();
    for (const chart of CHARTS) {
      const file = await helmTemplate('app', chart, '-n', 'alike', '--no-hooks');
      directories.set(chart, file);
    }
    for (const directory of publicDirectories()) directories.set(directory.split('/').at(-1) ?? '', directory);
  });
  afterAll(() => cluster?.down());

  const live = async (objects: readonly KubeObject[], namespace: string) => {
    const text = await cluster.kubectl('get', kindsOf(objects).join(','), '-A', '-o', 'json');
    const items = listAt(JSON.parse(text), 'items') as readonly KubeObject[];
    const wanted = new Set(
      objects.map((object) => `${object.kind} ${object.metadata.namespace ?? namespace} ${object.metadata.name}`),
    );
    const found = items.filter(({ kind, metadata }) => wanted.has(`${kind} ${metadata.namespace ?? namespace} ${metadata.name}`));
    return new Map(found.map((object) => [`${object.metadata.namespace ?? ''} ${displayName(object)}`, comparable(object)]));
  };

  it.each([...CHARTS, ...PUBLIC])('makes the same live objects of %s', async (name) => {
    const namespace = `alike-${name.replaceAll(/[^a-z-]/g, '')}`;
    const read = await readManifests([directories.get(name) ?? ''], { recursive: true });
    // No process serves the API of a simulated pod, and a namespace cannot be deleted without it.
    const objects = read.objects.filter(({ kind }) => kind !== 'APIService');
    expect(objects.length).toBeGreaterThan(0);
    const directory = mkdtempSync(join(tmpdir(), 'alike-'));
    writeFileSync(join(directory, 'all.json'), objects.map((object) => JSON.stringify(object)).join('\n'));
    for (const one of new Set([namespace, ...objects.flatMap(({ metadata }) => metadata.namespace ?? [])]))
      await cluster.kubectl('create', 'namespace', one).catch(() => undefined);
    await cluster.kubectl('config', 'set-context', '--current', `--namespace=${namespace}`);
    await cluster.kubectl('apply', '--server-side', '-R', '-f', directory);
    const theirs = await live(objects, namespace);
    await cluster.kubectl('delete', '-R', '-f', directory, '--timeout=30s');

    const options = { release: 'app', namespace, ignoreMissing: true, ignoreCapacity: true, timeoutMs: 40_000 };
    const ended = await course(apply(cluster.engine, directory, options));
    expect([ended.message, ended.result.outcome]).toEqual(['', 'succeeded']);
    const ours = await live(objects, namespace);
    expect(ours.size).toBe(objects.length);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  });
});
