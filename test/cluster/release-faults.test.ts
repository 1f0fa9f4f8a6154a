import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apply, history } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { course, type ReleaseCluster, releaseCluster, serving, stateOf, writesOf } from '../release/harness';
import { folder, stack } from '../release/manifests';

const KINDS = 'deployment,service,configmap,serviceaccount';
const SLOW = { 'ready-delay': '3s' };

describe.skipIf(!hasCluster)('releases while things go wrong', () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  const statesOf = async (namespace: string) =>
    (await history(cluster.engine, { release: 'fraud', namespace })).map(({ state }) => state);

  it('refuses the second of two releases at the same moment, and names the first', async () => {
    const namespace = await cluster.namespace('two');
    await cluster.apply(stack({ namespace }));
    const slow = cluster.apply(stack({ namespace, version: 'v2', sim: { 'ready-delay': '9s' } }));
    await expect
      .poll(() => cluster.kubectl('-n', namespace, 'get', 'deployment', 'fraud', '-o', 'yaml'), { timeout: 10_000 })
      .toContain('fraud:v2');
    const second = await cluster.apply(stack({ namespace, version: 'v3' }));
    expect(second.exitCode).toBe(3);
    expect(second.result.problems[0]).toMatchObject({ code: 'RELEASE_LOCKED' });
    expect(second.message).toContain(`process ${process.pid}`);
    expect((await slow).exitCode).toBe(0);
    expect(await statesOf(namespace)).toEqual(['superseded', 'deployed']);
  });

  it('lets the second one wait for its turn when it is told to', async () => {
    const namespace = await cluster.namespace('queue');
    const slow = cluster.apply(stack({ namespace, sim: SLOW }));
    await expect
      .poll(() => cluster.kubectl('-n', namespace, 'get', 'deployments', '-o', 'name'), { timeout: 10_000 })
      .toContain('fraud');
    const second = await cluster.apply(stack({ namespace, version: 'v3' }), { waitMs: 60_000 });
    expect(second.exitCode).toBe(0);
    expect((await slow).exitCode).toBe(0);
    expect(await statesOf(namespace)).toEqual(['superseded', 'deployed']);
  });

  it('writes nothing any more when it was stopped for longer than its lock lives', async () => {
    const namespace = await cluster.namespace('stopped');
    await cluster.apply(stack({ namespace }));
    const manifests = folder(stack({ namespace, version: 'v2', sim: { 'ready-delay': '4s' } }));
    const { child, ended } = serving(cluster, 'apply', manifests);
    await expect
      .poll(() => cluster.kubectl('-n', namespace, 'get', 'deployment', 'fraud', '-o', 'yaml'), { timeout: 10_000 })
      .toContain('fraud:v2');
    child.kill('SIGSTOP');
    const other = await cluster.apply(stack({ namespace, version: 'v3' }));
    expect(other.message).toBe('');
    expect(other.events.map(({ type }) => type)).toContain('recovering');
    const before = await cluster.objects(namespace, KINDS);
    cluster.requests();
    child.kill('SIGCONT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain('taken over');
    const stored = writesOf(cluster.requests()).filter((request) => request.code < 300);
    expect(stored).toEqual([]);
    const after = await cluster.objects(namespace, KINDS);
    expect(after.get('Deployment/fraud')?.metadata.generation).toBe(before.get('Deployment/fraud')?.metadata.generation);
    expect(await statesOf(namespace)).toEqual(['superseded', 'rolled-back', 'deployed']);
  });

  it('goes on with the truth after the API server was away for 10 s in the middle', async () => {
    const namespace = await cluster.namespace('away');
    await cluster.apply(stack({ namespace }));
    const progress = cluster.apply(stack({ namespace, version: 'v2', sim: SLOW }));
    await expect
      .poll(() => cluster.kubectl('-n', namespace, 'get', 'deployment', 'fraud', '-o', 'yaml'), { timeout: 10_000 })
      .toContain('fraud:v2');
    await cluster.tool('stop', 'kube-apiserver');
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    await cluster.tool('start', 'kube-apiserver');
    expect((await progress).message).toBe('');
    expect(await statesOf(namespace)).toEqual(['superseded', 'deployed']);
  });

  it('goes on with the truth after etcd was away', async () => {
    const namespace = await cluster.namespace('etcd');
    await cluster.apply(stack({ namespace }));
    const progress = cluster.apply(stack({ namespace, version: 'v2', sim: SLOW }));
    await expect
      .poll(() => cluster.kubectl('-n', namespace, 'get', 'deployment', 'fraud', '-o', 'yaml'), { timeout: 10_000 })
      .toContain('fraud:v2');
    await cluster.tool('stop', 'etcd');
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await cluster.tool('start', 'etcd');
    const { result } = await progress;
    // Either it came through, or it says that the next run takes it up, and that one does.
    expect(['succeeded', 'rolled-back', 'interrupted']).toContain(result.outcome);
    expect((await cluster.apply(stack({ namespace, version: 'v3' }))).message).toBe('');
    expect((await statesOf(namespace)).at(-1)).toBe('deployed');
  });

  it('undoes at the first signal, and leaves at once at the second, for the next run to take up', async () => {
    const namespace = await cluster.namespace('signals');
    await cluster.apply(stack({ namespace }));
    const before = await cluster.objects(namespace, KINDS);
    const manifests = folder(stack({ namespace, version: 'v2', sim: { 'ready-delay': '60s' } }));
    const started = async () => {
      const run = serving(cluster, 'apply', manifests);
      await expect
        .poll(() => cluster.kubectl('-n', namespace, 'get', 'deployment', 'fraud', '-o', 'yaml'), { timeout: 10_000 })
        .toContain('fraud:v2');
      return run;
    };
    const first = await started();
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(5);
    const after = await cluster.objects(namespace, KINDS);
    expect(stateOf(after.get('Deployment/fraud'))).toEqual(stateOf(before.get('Deployment/fraud')));
    const second = await started();
    await cluster.tool('stop', 'kube-apiserver'); // so that the undo hangs
    second.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    second.child.kill('SIGINT');
    expect((await second.ended).code).toBe(130);
    await cluster.tool('start', 'kube-apiserver');
    expect((await cluster.apply(stack({ namespace, version: 'v3' }))).message).toBe('');
    expect(await statesOf(namespace)).toEqual(['superseded', 'rolled-back', 'rolled-back', 'deployed']);
  });

  it('tells when somebody changes an object in the middle, and does not overwrite it', async () => {
    const namespace = await cluster.namespace('race');
    // The test before has stopped parts of the control plane, which take a while to come to themselves.
    await vi.waitFor(async () => expect((await cluster.apply(stack({ namespace }))).exitCode).toBe(0), {
      timeout: 90_000,
      interval: 1000,
    });
    const host = { ...cluster.engine.host };
    let raced = false;
    const api = {
      ...cluster.engine.api,
      create: async (...args: Parameters<typeof cluster.engine.api.create>) => {
        const [object] = args;
        if (!raced && object.kind === 'Lease') throw new Error('unreachable');
        return cluster.engine.api.create(...args);
      },
      replace: async (...args: Parameters<typeof cluster.engine.api.replace>) => {
        if (!raced) {
          raced = true; // the lock is being taken: the plan is made
          await cluster.kubectl('-n', namespace, 'patch', 'configmap', 'fraud', '-p', '{"data":{"VERSION":"by hand"}}');
        }
        return cluster.engine.api.replace(...args);
      },
    };
    const lost = await course(apply({ api, host }, folder(stack({ namespace, version: 'v2' }))));
    expect(lost.result.problems[0]).toMatchObject({ code: 'OBJECT_CHANGED', subject: 'ConfigMap/fraud' });
    expect(lost.exitCode).toBe(5);
    const live = await cluster.objects(namespace, KINDS);
    expect(live.get('ConfigMap/fraud')?.data).toMatchObject({ VERSION: 'by hand' });
    expect(JSON.stringify(live.get('Deployment/fraud')?.spec)).toContain('fraud:v1');
  });
});
