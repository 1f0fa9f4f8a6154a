import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { history, repair, rollback, uninstall } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { course, type ReleaseCluster, releaseCluster, serving, stateOf } from '../release/harness';
import { folder, stack } from '../release/manifests';

/** The data of a ConfigMap or a Secret may be so large together. */
const LIMIT = 1_048_576;
const KINDS = 'configmap,secret';

describe.skipIf(!hasCluster)('objects at the size limit of the API server', { timeout: 200_000 }, () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  /** ConfigMaps and a Secret at their limit: one of text that compresses, the others of noise, which differs by `seed`. */
  const large = (namespace: string, seed: number): readonly KubeObject[] => {
    const noise = (name: string) => noiseOf(seed * 100 + name.charCodeAt(0), LIMIT - 1);
    const map = (name: string, fields: Readonly<Record<string, unknown>>): KubeObject => {
      return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, ...fields };
    };
    const of = (letter: string) => ({ data: { [letter]: noise(letter).toString('latin1') } });
    return [
      ...['a', 'b', 'c'].map((letter) => map(`noise-${letter}`, of(letter))),
      map('text', { data: { t: String(seed).padStart(LIMIT - 1, 'x') } }),
      map('binary', { binaryData: { m: noise('m').toString('base64') } }),
      { ...map('secret', { data: { s: noise('s').toString('base64') } }), kind: 'Secret', type: 'Opaque' },
    ];
  };
  const wanted = (namespace: string, seed: number, broken = false) =>
    stack({
      namespace,
      version: `v${seed}`,
      more: large(namespace, seed),
      ...(broken ? { sim: { outcome: 'crash', 'exit-code': '1' } } : {}),
    });
  const states = async (namespace: string) => {
    const objects = await cluster.objects(namespace, KINDS);
    return [...objects].filter(([key]) => !key.startsWith('Secret/cdk8s-serving')).map(([, object]) => stateOf(object));
  };
  const parts = async (namespace: string) => {
    const objects = [...(await cluster.objects(namespace, 'secret')).values()];
    return objects.filter(({ metadata }) => metadata.name.startsWith('cdk8s-serving-part.'));
  };

  it('are released, changed, rolled back and uninstalled', async () => {
    const namespace = await cluster.namespace('sizes');
    const name = { release: 'fraud', namespace };
    expect((await cluster.apply(wanted(namespace, 1))).message).toBe('');
    const before = await states(namespace);
    expect((await cluster.apply(wanted(namespace, 2))).message).toBe('');
    const used = new Set((await history(cluster.engine, name)).flatMap(({ content }) => content));
    const left = (await parts(namespace)).map(({ metadata }) => metadata.name.split('.').at(-1));
    expect(left.sort()).toEqual([...used].sort());
    // The values of Secrets are in no record, so the Secret stays as it is.
    expect((await course(rollback(cluster.engine, name))).message).toBe('');
    const withoutSecrets = (all: readonly unknown[]) => all.filter((one) => (one as KubeObject).kind !== 'Secret');
    expect(withoutSecrets(await states(namespace))).toEqual(withoutSecrets(before));
    expect((await course(uninstall(cluster.engine, name))).message).toBe('');
    expect([...(await cluster.objects(namespace, KINDS)).keys()]).toEqual(['ConfigMap/kube-root-ca.crt']);
  });

  it('are put back when the release fails, and when its process is killed', async () => {
    const namespace = await cluster.namespace('sizes-undone');
    expect((await cluster.apply(wanted(namespace, 1))).message).toBe('');
    const before = await states(namespace);
    const failed = await cluster.apply(wanted(namespace, 2, true));
    expect(failed.result.outcome).toBe('rolled-back');
    expect(await states(namespace)).toEqual(before);

    await killed(namespace, 3);
    const next = await cluster.apply(wanted(namespace, 1));
    expect(next.message).toBe('');
    expect(next.events.flatMap((event) => (event.type === 'recovering' ? event.how : []))).toEqual(['rollback']);
    expect(await states(namespace)).toEqual(before);

    // Another client deletes what the journal refers to: nothing is guessed, and `repair` gives it up.
    await killed(namespace, 4);
    const labels = `cdk8s-serving/record=fraud,cdk8s-serving/part=steps`;
    await cluster.kubectl('delete', 'secret', '-n', namespace, '-l', labels);
    const refused = await cluster.apply(wanted(namespace, 1));
    expect(refused.message).toMatch(/serving repair fraud.*RECORD_DAMAGED/s);
    expect((await course(repair(cluster.engine, { release: 'fraud', namespace }))).result.outcome).toBe('succeeded');
    expect((await history(cluster.engine, { release: 'fraud', namespace })).at(-1)?.state).toBe('failed');
    expect((await cluster.apply(wanted(namespace, 1))).message).toBe('');
    expect(await states(namespace)).toEqual(before);
  });

  /** Starts a release and kills its process once it has written. */
  const killed = async (namespace: string, seed: number) => {
    const { child, ended } = serving(cluster, 'apply', folder(wanted(namespace, seed, true)));
    const seen = () => cluster.engine.api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'noise-c' });
    const version = (await seen())?.metadata.resourceVersion;
    while ((await seen())?.metadata.resourceVersion === version) await sleep(20);
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
  };
});

/** Bytes of seven bits that do not compress much, the same for the same seed. */
function noiseOf(seed: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed;
  for (let i = 0; i < size; i++) {
    state = (state * 48271) % 2147483647;
    bytes[i] = 33 + ((state >> 8) % 90);
  }
  return bytes;
}
