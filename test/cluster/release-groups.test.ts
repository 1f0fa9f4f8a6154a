import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { App, type Chart } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DisaggregatedServer, Model, ModelServer, type PinnedImage, type Runtime, ServingStack } from '../../lib';
import { SMALL } from '../harness/chart';
import { hasCluster, startCluster, type TestCluster } from '../harness/cluster';
import { ROOT } from '../harness/project';

const run = promisify(execFile);
const runtime: Runtime = {
  name: 'test',
  ports: { http: 8000 },
  health: { ready: { path: '/ready' }, live: { path: '/live' } },
};

type Kind = 'group' | 'roles';

interface Version {
  /** Tag of the image. */
  readonly tag: `${number}.${number}.${number}`;
  /** Pods of a group. @default 2 */
  readonly size?: number;
  /** Whether the pods that are not leaders end again and again. @default false */
  readonly workersCrash?: boolean;
}

/** A server whose copies are groups of nodes, or one whose two roles are. */
function stackOf(kind: Kind, { tag, size = 2, workersCrash = false }: Version): readonly object[] {
  const stack: Chart & ServingStack = new ServingStack(new App(), kind, { namespace: kind });
  const model = Model.claim({ claim: 'weights', wholeVolume: true, path: '/mnt/models', version: 'v1' });
  const image = `registry.test/server:${tag}` as PinnedImage;
  const shared = { model, image, drain: { delay: '1s', timeout: '1s' } } as const;
  if (kind === 'group') new ModelServer(stack, 'llm', { ...shared, runtime, nodes: size, replicas: 2, resources: SMALL });
  else {
    const role = { runtime, replicas: 1, resources: SMALL };
    new DisaggregatedServer(stack, 'llm', { ...shared, prefill: { ...role, nodes: size }, decode: { ...role, nodes: 2 } });
  }
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'weights', namespace: kind, labels: { 'cdk8s-serving/release': kind } },
    spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
  };
  const objects = [claim, ...(stack.toJson() as readonly object[])];
  return workersCrash ? objects.map((one) => JSON.parse(JSON.stringify(one, crashWorkers)) as object) : objects;
}

/** As a replacer of JSON: the simulated kubelet lets pods with this annotation crash. */
function crashWorkers(key: string, value: unknown): unknown {
  if (key !== 'workerTemplate' || typeof value !== 'object' || value === null) return value;
  const { metadata, ...rest } = value as { readonly metadata?: { readonly annotations?: object } };
  return { ...rest, metadata: { ...metadata, annotations: { ...metadata?.annotations, 'sim/outcome': 'crash' } } };
}

describe.skipIf(!hasCluster)('groups of nodes on a real control plane', () => {
  let cluster: TestCluster;
  const folder = mkdtempSync(join(tmpdir(), 'serving-groups-'));
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.tool('lws');
    for (const namespace of ['group', 'roles']) await cluster.kubectl('create', 'namespace', namespace);
  });
  afterAll(async () => {
    await cluster?.down();
    rmSync(folder, { recursive: true, force: true });
  });

  const options = () => ({ cwd: ROOT, env: { ...process.env, KUBECONFIG: cluster.kubeconfig, NO_COLOR: '1' } });
  const serving = (...args: string[]): Promise<{ readonly code: number; readonly text: string }> =>
    run('node', ['build/lib/cli/main.js', ...args], options()).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => ({
        code: error.code,
        text: error.stdout + error.stderr,
      }),
    );

  describe.each([
    { kind: 'group', resource: 'leaderworkersets', sizeAt: 'spec.leaderWorkerTemplate.size', pods: { 2: 4, 3: 6 } },
    {
      kind: 'roles',
      resource: 'disaggregatedsets',
      sizeAt: 'spec.roles[name=prefill].spec.leaderWorkerTemplate.size',
      pods: { 2: 4, 3: 5 },
    },
  ] as const)('$resource', ({ kind, resource, sizeAt, pods }) => {
    const write = (version: Version) => {
      const items = stackOf(kind, version);
      writeFileSync(join(folder, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    };
    const apply = (version: Version, ...more: string[]) => {
      write(version);
      return serving('apply', folder, ...more);
    };
    /** What runs: the tags of the images, and how many pods. */
    const running = async () => {
      const path = 'jsonpath={range .items[*]}{.spec.containers[0].image} {end}';
      const images = (await cluster.kubectl('get', 'pods', '-n', kind, '-o', path)).split(' ').filter((one) => one !== '');
      return { tags: [...new Set(images.map((one) => one.split(':').at(-1)))], pods: images.length };
    };
    /**
     * Whether nothing but this runs, in the end. Pods of another version may still be terminating, and the garbage collector, which
     * learns of a new kind every 30 s, may still have to take the groups of an earlier revision.
     */
    const settles = (tag: Version['tag'], count: number = pods[2]) =>
      expect.poll(running, { timeout: 90_000, interval: 500 }).toEqual({ tags: [tag], pods: count });

    it('installs, upgrades and rolls back', async () => {
      expect(await apply({ tag: '1.0.0' })).toMatchObject({ code: 0 });
      expect(await running()).toEqual({ tags: ['1.0.0'], pods: pods[2] });
      // Each pod's name resolves by a Service of its subdomain, without an address and with pods that are not ready yet.
      const found = (await cluster.kubectl('get', 'pods', '-n', kind, '-o', 'jsonpath={.items[*].spec.subdomain}')).split(' ');
      for (const subdomain of new Set(found)) {
        const fields = 'jsonpath={.spec.clusterIP} {.spec.publishNotReadyAddresses}';
        expect(await cluster.kubectl('get', 'service', subdomain, '-n', kind, '-o', fields)).toBe('None true');
      }
      expect(await apply({ tag: '1.1.0' })).toMatchObject({ code: 0 });
      await settles('1.1.0');
      expect(await serving('rollback', kind, '-n', kind)).toMatchObject({ code: 0 });
      await settles('1.0.0');
    });

    it('takes back a version whose workers crash, and says what restarts', async () => {
      const { code, text } = await apply({ tag: '1.2.0', workersCrash: true });
      // What is seen first: the container that ends again, or the groups that the controller makes anew because of it.
      expect(text).toMatch(/cause {5}The container starts and ends again and again: /);
      expect(text).toMatch(/pod: \S+-\d-1, container llm\S*, exit code 1|Groups recreated \d+ times: .*Worker pod/i);
      expect(code).toBe(5);
      await settles('1.0.0');
    });

    it('tells a change of the size before, and waits until every group has it', async () => {
      write({ tag: '1.0.0', size: 3 });
      expect((await serving('plan', folder)).text).toContain(`${sizeAt}: 2 → 3`);
      expect(await apply({ tag: '1.0.0', size: 3 })).toMatchObject({ code: 0 });
      await settles('1.0.0', pods[3]);
      // Back again before kills: controller 0.9 mixes revisions up when size and template go back and forth within a second.
      expect(await apply({ tag: '1.0.0' })).toMatchObject({ code: 0 });
      await settles('1.0.0');
    });

    it.each([0.7, 1.2, 2])('goes on after a kill at %s s', async (seconds) => {
      const tag = `1.3.${seconds * 10}` as Version['tag'];
      write({ tag });
      const child = spawn('node', ['build/lib/cli/main.js', 'apply', folder, '--lock-timeout', '1m'], options());
      await sleep(seconds * 1000);
      child.kill('SIGKILL');
      expect(await apply({ tag }, '--lock-timeout', '1m')).toMatchObject({ code: 0 });
      await settles(tag);
    });

    it.each([0.8, 1.6])(
      'a kill at %s s of a change of the size leaves no group of the old size behind a success',
      async (seconds) => {
        const size = seconds < 1 ? 3 : 2;
        const tag = `1.4.${seconds * 10}` as Version['tag'];
        write({ tag, size });
        const child = spawn('node', ['build/lib/cli/main.js', 'apply', folder, '--lock-timeout', '1m'], options());
        await sleep(seconds * 1000);
        child.kill('SIGKILL');
        const { code, text } = await apply({ tag, size }, '--lock-timeout', '1m');
        if (code === 0) await settles(tag, pods[size]);
        else expect([code, text]).toEqual([5, expect.stringContaining('GroupSize: Group')]);
      },
    );

    it('uninstalls', async () => {
      expect(await serving('uninstall', kind, '-n', kind, '--yes')).toMatchObject({ code: 0 });
      expect(await cluster.kubectl('get', resource, '-n', kind, '-o', 'name')).toBe('');
      await expect.poll(running, { timeout: 90_000, interval: 500 }).toEqual({ tags: [], pods: 0 });
    });
  });
});
