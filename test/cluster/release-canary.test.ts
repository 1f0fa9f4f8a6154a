import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAt, numberAt } from '../../lib/kube/fields';
import { history } from '../../lib/release';
import { hasCluster, SHARED } from '../harness/cluster';
import { type ReleaseCluster, releaseCluster, serving } from '../release/harness';
import { folder } from '../release/manifests';
import { route, withStrategy } from '../release/strategy/harness';

/** Moments at which a canary is killed; `npm run canary-kills` takes 40. */
const MOMENTS = Number(process.env.CANARY_MOMENTS ?? 5);
const STRATEGY = { type: 'canary', steps: [10, 50, 100], hold: '1s' };
const ROUTES = join(SHARED, 'crds/httproutes.gateway.networking.k8s.io.yaml');

describe.skipIf(!hasCluster)('a canary on a control plane', { timeout: 900_000 }, () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
    expect(readFileSync(ROUTES, 'utf8')).toContain('HTTPRoute');
    await cluster.kubectl('apply', '--server-side', '-f', ROUTES);
    await cluster.kubectl('wait', '--for=condition=Established', 'crd/httproutes.gateway.networking.k8s.io');
  });
  afterAll(() => cluster?.down());

  const wanted = (namespace: string, version: string) => {
    const objects = withStrategy(STRATEGY, version, [route()], 2);
    return folder(objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } })));
  };
  const applied = async (namespace: string, version: string) => {
    const { code, stdout, stderr } = await serving(cluster, 'apply', wanted(namespace, version)).ended;
    expect(code, stdout + stderr).toBe(0);
  };

  /** Collects the sums of the weights of every state of the route that a watcher sees. */
  const watchWeights = (namespace: string) => {
    const stop = new AbortController();
    const sums: number[] = [];
    const see = (object: unknown) => {
      const refs = listAt(object, 'spec', 'rules').flatMap((rule) => listAt(rule, 'backendRefs'));
      const total = refs.reduce<number>((sum, ref) => sum + (numberAt(ref, 'weight') ?? 1), 0);
      // One backend gets everything, whatever its weight.
      sums.push(refs.length === 1 && total > 0 ? 100 : total);
    };
    const watching = (async () => {
      const kind = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', namespace };
      for await (const event of cluster.engine.api.watch(kind, stop.signal)) {
        if (event.type === 'reset') event.items.forEach(see);
        if (event.type === 'put') see(event.object);
      }
    })();
    return async () => {
      stop.abort();
      await watching.catch(() => undefined);
      return sums;
    };
  };

  /** There is one version, and nothing of a candidate. */
  const check = async (namespace: string, version: string) => {
    const left = [...(await cluster.objects(namespace, 'deployment,service,configmap,httproute')).keys()].sort();
    expect(left).toEqual([
      'ConfigMap/fraud',
      'ConfigMap/kube-root-ca.crt',
      'Deployment/fraud',
      'HTTPRoute/fraud',
      'Service/fraud',
    ]);
    const deployment = (await cluster.objects(namespace, 'deployment')).get('Deployment/fraud');
    expect(JSON.stringify(deployment?.spec)).toContain(`registry.test/fraud:${version}`);
    const [rule] = listAt((await cluster.objects(namespace, 'httproute')).get('HTTPRoute/fraud'), 'spec', 'rules');
    expect(listAt(rule, 'backendRefs')).toHaveLength(1);
    const revisions = await history(cluster.engine, { release: 'fraud', namespace });
    expect(revisions.filter(({ state }) => state === 'deployed')).toHaveLength(1);
  };

  it(`is never stuck, and no weight is lost: killed at ${MOMENTS} moments`, async () => {
    const trial = await cluster.namespace('canary-trial');
    await applied(trial, 'v1');
    const began = performance.now();
    const finish = watchWeights(trial);
    await applied(trial, 'v2');
    const whole = performance.now() - began;
    const undisturbed = await finish();
    expect(undisturbed.length).toBeGreaterThanOrEqual(4);
    expect(new Set(undisturbed)).toEqual(new Set([100]));
    await check(trial, 'v2');
    let killed = 0;
    for (let index = 0; index < MOMENTS; index++) {
      const namespace = await cluster.namespace(`canary-${index}`);
      await applied(namespace, 'v1');
      const end = watchWeights(namespace);
      const { child, ended } = serving(cluster, 'apply', wanted(namespace, 'v2'));
      const timer = setTimeout(() => child.kill('SIGKILL'), Math.round((whole * (index + 0.5)) / MOMENTS));
      if ((await ended).signal === 'SIGKILL') killed++;
      clearTimeout(timer);
      await applied(namespace, 'v9');
      expect(new Set(await end())).toEqual(new Set([100]));
      await check(namespace, 'v9');
      await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
    }
    expect(killed).toBeGreaterThan(MOMENTS / 2);
  });

  it('is aborted and promoted from another process', async () => {
    const namespace = await cluster.namespace('canary-decided');
    const slow = (version: string) => {
      const objects = withStrategy({ ...STRATEGY, steps: [50], hold: '10m' }, version, [route()], 2);
      return folder(objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } })));
    };
    await serving(cluster, 'apply', slow('v1')).ended;
    const decide = async (command: string, version: string) => {
      const { ended } = serving(cluster, 'apply', slow(version), '--output', 'ndjson');
      await expect
        .poll(async () =>
          JSON.stringify(await cluster.objects(namespace, 'httproute').then((all) => [...all.values()].map(({ spec }) => spec))),
        )
        .toContain('-canary-');
      const told = await serving(cluster, 'canary', command, 'fraud', '-n', namespace).ended;
      expect(told.code, told.stderr).toBe(0);
      return (await ended).code;
    };
    expect(await decide('abort', 'v2')).toBe(5);
    await check(namespace, 'v1');
    expect(await decide('promote', 'v3')).toBe(0);
    await check(namespace, 'v3');
    const none = await serving(cluster, 'canary', 'abort', 'fraud', '-n', namespace).ended;
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('CANARY_NOT_RUNNING');
  });
});
