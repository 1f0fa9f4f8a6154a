import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFields } from '../../lib/kube/fields';
import { isClusterScoped } from '../../lib/kube/kinds';
import { displayName, type KubeObject, keyOf } from '../../lib/kube/object';
import { readManifests } from '../../lib/manifests/read';
import { isStated } from '../../lib/release/ownership/stated';
import { hasCluster, SHARED, startCluster, type TestCluster } from '../harness/cluster';
import { ROOT } from '../harness/project';
import { STACKS } from '../stacks/definitions';
import { renderStack } from '../stacks/render';

describe.skipIf(!hasCluster)('live objects that say what their manifests say', { timeout: 120_000 }, () => {
  let cluster: TestCluster;
  const live = new Map<string, KubeObject>();
  let wanted: readonly KubeObject[] = [];
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.kubectl('apply', '--server-side', '-f', join(SHARED, 'crds'));
    const rendered = Object.values(STACKS).flatMap((build) => renderStack(build).objects);
    const samples = await readManifests([join(ROOT, 'dist/prod/ml-serving-stack'), join(ROOT, 'dist/prod/fraud-model')]);
    const placed = [...rendered, ...samples.objects].map(inPlace);
    wanted = [...new Map(placed.map((object) => [keyOf(object), object])).values()];
    const dir = join(cluster.dir, 'objects');
    mkdirSync(dir);
    const namespaces = new Set(wanted.flatMap(({ metadata }) => metadata.namespace ?? []));
    for (const name of namespaces) await cluster.kubectl('create', 'namespace', name).catch(() => undefined);
    writeFileSync(join(dir, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: wanted }));
    const args = ['apply', '--server-side', '--field-manager=cdk8s-serving', '--show-managed-fields', '-o', 'json', '-f', dir];
    const { items } = JSON.parse(await cluster.kubectl(...args)) as { readonly items: readonly KubeObject[] };
    for (const item of items) live.set(keyOf(item), item);
  }, 120_000);
  afterAll(async () => await cluster?.down());

  const there = (object: KubeObject) => {
    const found = live.get(keyOf(object));
    if (found === undefined) throw new Error(`${displayName(object)} is not there`);
    return found;
  };

  it('are recognized without asking', () => {
    const unsure = wanted.filter((object) => !isStated(object, there(object))).map(displayName);
    console.log(`${wanted.length} objects, not sure of ${unsure.length}: ${unsure.join(' ')}`);
    // Whose definition fills in what only it knows costs a dry run.
    expect(unsure).toEqual(['RayService/ray-llm-llm']);
  });

  it('are not, when any value of the manifest is another one, is missing, or is one more', () => {
    let tried = 0;
    for (const object of wanted) {
      for (const changed of changedOnce(object)) {
        tried++;
        if (isStated(changed.object as KubeObject, there(object))) expect.fail(`${displayName(object)} ${changed.what}`);
      }
    }
    console.log(`${tried} changed manifests`);
    expect(tried).toBeGreaterThan(5_000);
  });
});

/** Without the namespace that some stacks give their cluster-scoped objects; a release drops it. */
function inPlace(object: KubeObject): KubeObject {
  const { namespace: _stray, ...metadata } = object.metadata;
  return isClusterScoped(object) ? { ...object, metadata: { ...metadata, name: object.metadata.name } } : object;
}

/** What the API server fills in: to leave it out changes nothing. */
const FILLED_IN = ['protocol TCP', 'apiVersion v1', 'divisor 0', 'apiGroup rbac.authorization.k8s.io', 'scope *', 'weight 1'];

interface Changed {
  readonly object: unknown;
  readonly what: string;
}

/** Every way to change one value: another one, none, one more field. */
function* changedOnce(object: KubeObject): Generator<Changed> {
  const { apiVersion, kind, metadata, ...rest } = object;
  const { name, namespace, ...about } = metadata;
  for (const { object: changed, what } of changes(rest, ''))
    yield { object: { apiVersion, kind, metadata, ...(changed as object) }, what };
  for (const { object: changed, what } of changes(about, 'metadata'))
    yield { object: { apiVersion, kind, metadata: { name, namespace, ...(changed as object) }, ...rest }, what };
}

function* changes(value: unknown, path: string): Generator<Changed> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield { object: value.toSpliced(index, 1), what: `without ${path}[${index}]` };
      for (const { object, what } of changes(item, `${path}[${index}]`)) yield { object: value.with(index, object), what };
    }
    return;
  }
  if (isFields(value)) {
    for (const more of ['x', '', 0, false, {}, []])
      yield { object: { ...value, oneMore: more }, what: `with ${path}.oneMore ${JSON.stringify(more)}` };
    for (const [key, inner] of Object.entries(value)) {
      if (path === '' && key === 'status') continue;
      const { [key]: _gone, ...others } = value;
      if (!FILLED_IN.includes(`${key} ${String(inner)}`)) yield { object: others, what: `without ${path}.${key}` };
      for (const { object, what } of changes(inner, `${path}.${key}`)) yield { object: { ...value, [key]: object }, what };
    }
    return;
  }
  const other = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}x`;
  yield { object: other, what: `another ${path}` };
}
