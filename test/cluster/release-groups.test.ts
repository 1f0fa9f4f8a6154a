import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

type Version = `${number}.${number}.${number}`;

/** A stack with one group of nodes, and with a disaggregated server; the version is the image's. */
function stackOf(version: Version, { size = 2, crash = false, kind = 'group' } = {}): readonly object[] {
  const namespace = kind === 'group' ? 'groups' : 'roles';
  const stack: Chart & ServingStack = new ServingStack(new App(), namespace, { namespace });
  const model = Model.claim({ claim: 'weights', wholeVolume: true, path: '/mnt/models', version: 'v1' });
  const image = `registry.test/server:${version}` as PinnedImage;
  const podAnnotations = crash ? { 'sim/outcome': 'crash' } : {};
  const shared = { model, image, podAnnotations, drain: { delay: '1s', timeout: '1s' } } as const;
  if (kind === 'group') new ModelServer(stack, 'llm', { ...shared, runtime, nodes: size, replicas: 2, resources: SMALL });
  else {
    const role = { runtime, replicas: 1, resources: SMALL };
    new DisaggregatedServer(stack, 'llm', { ...shared, prefill: role, decode: role });
  }
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'weights', namespace, labels: { 'cdk8s-serving/release': namespace } },
    spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
  };
  return [claim, ...(stack.toJson() as readonly object[])];
}

describe.skipIf(!hasCluster)('groups of nodes on a real control plane', () => {
  let cluster: TestCluster;
  const folder = mkdtempSync(join(tmpdir(), 'serving-groups-'));
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.tool('lws');
    for (const namespace of ['groups', 'roles']) await cluster.kubectl('create', 'namespace', namespace);
  });
  afterAll(async () => {
    await cluster?.down();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (objects: readonly object[]) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  };
  const serving = async (...args: string[]): Promise<{ readonly code: number; readonly text: string }> => {
    const options = { cwd: ROOT, env: { ...process.env, KUBECONFIG: cluster.kubeconfig, NO_COLOR: '1' } };
    return run('node', ['build/lib/cli/main.js', ...args], options).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => ({
        code: error.code,
        text: error.stdout + error.stderr,
      }),
    );
  };
  const apply = (objects: readonly object[], ...more: string[]) => {
    write(objects);
    return serving('apply', folder, ...more);
  };
  const images = async (namespace = 'groups') =>
    [
      ...new Set(
        (
          await cluster.kubectl(
            'get',
            'pods',
            '-n',
            namespace,
            '-o',
            'jsonpath={range .items[*]}{.spec.containers[0].image} {end}',
          )
        )
          .trim()
          .split(' '),
      ),
    ].filter((image) => image !== '');
  const image = (version: string) => `registry.test/server:${version}`;

  it('installs, upgrades and rolls back, and waits for the leaders and their workers each time', async () => {
    expect(await apply(stackOf('1.0.0'))).toMatchObject({ code: 0 });
    expect(await images()).toEqual([image('1.0.0')]);
    const ready = ['get', 'lws', 'groups-llm', '-n', 'groups', '-o', 'jsonpath={.status.readyReplicas}'];
    expect(await cluster.kubectl(...ready)).toBe('2');
    expect(await apply(stackOf('1.1.0'))).toMatchObject({ code: 0 });
    expect(await images()).toEqual([image('1.1.0')]);
    expect(await serving('rollback', 'groups', '-n', 'groups')).toMatchObject({ code: 0 });
    expect(await images()).toEqual([image('1.0.0')]);
  });

  it('takes back a version whose pods crash, and says which group', async () => {
    const { code, text } = await apply(stackOf('1.2.0', { crash: true }));
    expect(text).toMatch(
      /cause {5}The container starts and ends again and again: Groups recreated \d+ times: .*(leader|Worker) pod/i,
    );
    expect(code).toBe(5);
    // Pods of the version that was taken back may still be terminating.
    await expect.poll(images, { timeout: 30_000 }).toEqual([image('1.0.0')]);
  });

  it('tells a change of the size before, and waits until every group has it', async () => {
    write(stackOf('1.0.0', { size: 3 }));
    expect((await serving('plan', folder)).text).toMatch(/spec\.leaderWorkerTemplate\.size: 2 → 3/);
    expect(await apply(stackOf('1.0.0', { size: 3 }))).toMatchObject({ code: 0 });
    expect((await cluster.kubectl('get', 'pods', '-n', 'groups', '-o', 'name')).trim().split('\n')).toHaveLength(6);
  });

  it('goes on after a kill in the middle', async () => {
    write(stackOf('1.3.0'));
    const options = { cwd: ROOT, env: { ...process.env, KUBECONFIG: cluster.kubeconfig } };
    const child = spawn('node', ['build/lib/cli/main.js', 'apply', folder, '--lock-timeout', '1m'], options);
    await sleep(1500);
    child.kill('SIGKILL');
    const { code } = await apply(stackOf('1.3.0'), '--lock-timeout', '1m');
    expect(code).toBe(0);
    expect(await images()).toEqual([image('1.3.0')]);
  });

  it('uninstalls', async () => {
    expect(await serving('uninstall', 'groups', '-n', 'groups', '--yes')).toMatchObject({ code: 0 });
    expect(await cluster.kubectl('get', 'lws', '-n', 'groups', '-o', 'name')).toBe('');
  });

  it('installs, upgrades and takes back a disaggregated server', async () => {
    const disaggregated = (version: Version, crash = false) => stackOf(version, { kind: 'disaggregated', crash });
    expect(await apply(disaggregated('2.0.0'))).toMatchObject({ code: 0 });
    expect(await apply(disaggregated('2.1.0'))).toMatchObject({ code: 0 });
    // The garbage collector learns of new kinds every 30 s, and takes the earlier revision's pods then.
    await expect.poll(() => images('roles'), { timeout: 90_000, interval: 1000 }).toEqual([image('2.1.0')]);
    const { code, text } = await apply(disaggregated('2.2.0', true));
    expect(text).toMatch(
      /cause {5}The container starts and ends again and again: Groups recreated \d+ times: .*(leader|Worker) pod/i,
    );
    expect(code).toBe(5);
  });
});
