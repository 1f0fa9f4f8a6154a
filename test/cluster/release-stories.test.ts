import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, history, rollback, status, uninstall } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { course, identity, type ReleaseCluster, releaseCluster, stateOf, writesOf } from '../release/harness';
import { folder, gate, report, stack } from '../release/manifests';

const KINDS = 'deployment,service,configmap,serviceaccount,job,secret,lease';

describe.skipIf(!hasCluster)('releases on a real control plane', () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  it('installs, upgrades only what changed, does nothing when nothing changed', async () => {
    const namespace = await cluster.namespace('upgrade');
    const installed = await cluster.apply(stack({ namespace }));
    expect(installed.message).toBe('');
    expect(installed.exitCode).toBe(0);
    const before = await cluster.objects(namespace, KINDS);
    expect(before.get('Deployment/fraud')?.status).toMatchObject({ readyReplicas: 1 });

    cluster.requests();
    expect((await cluster.apply(stack({ namespace }))).result.outcome).toBe('unchanged');
    const idle = cluster.requests();
    expect(writesOf(idle)).toEqual([]);
    expect(idle.length).toBeLessThanOrEqual(15);

    const upgraded = await cluster.apply(stack({ namespace, version: 'v2' }));
    expect(upgraded.exitCode).toBe(0);
    expect(writesOf(cluster.requests()).length).toBeLessThanOrEqual(2 + 8);
    const after = await cluster.objects(namespace, KINDS);
    expect(identity(after.get('Service/fraud'))).toEqual(identity(before.get('Service/fraud')));
    expect(identity(after.get('ServiceAccount/fraud'))).toEqual(identity(before.get('ServiceAccount/fraud')));
    expect(JSON.stringify(after.get('Deployment/fraud')?.spec)).toContain('registry.test/fraud:v2');

    const states = (await history(cluster.engine, { release: 'fraud', namespace })).map(({ state, versions }) => [
      state,
      ...versions,
    ]);
    expect(states).toEqual([
      ['superseded', 'v1'],
      ['deployed', 'v2'],
    ]);
  });

  it('restores what somebody edited by hand', async () => {
    const namespace = await cluster.namespace('drift');
    await cluster.apply(stack({ namespace }));
    await cluster.kubectl('-n', namespace, 'patch', 'configmap', 'fraud', '-p', '{"data":{"THRESHOLD":"0.1","MINE":"1"}}');
    const again = await cluster.apply(stack({ namespace }));
    expect(again.result.outcome).toBe('succeeded');
    const live = (await cluster.objects(namespace, 'configmap')).get('ConfigMap/fraud');
    expect(live?.data).toEqual({ THRESHOLD: '0.75', VERSION: 'v1', MINE: '1' });
  });

  it('removes what is gone from the manifests, and only that', async () => {
    const namespace = await cluster.namespace('prune');
    const extra = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { a: '1' } });
    await cluster.apply(stack({ namespace, more: [extra('gone'), extra('stays')] }));
    await cluster.kubectl('-n', namespace, 'create', 'configmap', 'foreign');
    await cluster.kubectl('-n', namespace, 'label', 'configmap', 'foreign', 'cdk8s-serving/release=fraud');
    expect((await cluster.apply(stack({ namespace, more: [extra('stays')] }))).exitCode).toBe(0);
    const left = [...(await cluster.objects(namespace, 'configmap')).keys()];
    expect(left).toContain('ConfigMap/stays');
    expect(left).toContain('ConfigMap/foreign');
    expect(left).not.toContain('ConfigMap/gone');
  });

  it.each([
    ['an image that does not exist', { image: 'registry.test/fraud:not-found' }, 'ImageNotFound'],
    ['a crash loop', { sim: { outcome: 'crash', backoff: '300ms' } }, 'CrashLoop'],
    ['a container that cannot be configured', { sim: { outcome: 'config-error' } }, 'ConfigError'],
  ])('undoes an upgrade that meets %s', async (title, change, cause) => {
    const namespace = await cluster.namespace(`undo-${title.replace(/\W+/g, '-')}`);
    await cluster.apply(stack({ namespace }));
    const before = await cluster.objects(namespace, KINDS);
    const failed = await cluster.apply(stack({ namespace, version: 'v2', ...change }));
    expect(failed.exitCode).toBe(5);
    expect(failed.message).toContain('Deployment/fraud');
    expect(failed.message).toContain(cause);
    expect(failed.seconds).toBeLessThan(15);
    const after = await cluster.objects(namespace, KINDS);
    for (const name of ['Deployment/fraud', 'ConfigMap/fraud', 'Service/fraud', 'ServiceAccount/fraud']) {
      expect(stateOf(after.get(name)), name).toEqual(stateOf(before.get(name)));
    }
    expect(identity(after.get('Service/fraud'))).toEqual(identity(before.get('Service/fraud')));
    const [, last] = await history(cluster.engine, { release: 'fraud', namespace });
    expect(last).toMatchObject({ state: 'rolled-back', failure: { problem: { code: 'ROLLOUT_FAILED' } } });
    expect((await cluster.apply(stack({ namespace, version: 'v3' }))).exitCode).toBe(0);
  });

  it('undoes an upgrade whose pods never become ready within the time it was given', async () => {
    const namespace = await cluster.namespace('never-ready');
    await cluster.apply(stack({ namespace }));
    const failed = await cluster.apply(stack({ namespace, version: 'v2', sim: { outcome: 'unready' } }), { timeoutMs: 4_000 });
    expect(failed.exitCode).toBe(5);
    expect(failed.result.problems[0]?.code).toBe('ROLLOUT_TIMEOUT');
    expect((await status(cluster.engine, { release: 'fraud', namespace })).deployed?.revision).toBe(1);
  });

  it('removes what a failed first install has created, and keeps the evidence', async () => {
    const namespace = await cluster.namespace('first');
    const failed = await cluster.apply(stack({ namespace, sim: { outcome: 'crash', backoff: '300ms' } }));
    expect(failed.exitCode).toBe(5);
    const left = [...(await cluster.objects(namespace, KINDS)).keys()].sort();
    expect(left).toEqual([
      'ConfigMap/kube-root-ca.crt',
      'Lease/cdk8s-serving.fraud',
      'Secret/cdk8s-serving.fraud',
      'ServiceAccount/default',
    ]);
    const [only] = await history(cluster.engine, { release: 'fraud', namespace });
    expect(only).toMatchObject({ revision: 1, state: 'rolled-back', failure: { problem: { subject: 'Deployment/fraud' } } });
    expect((await cluster.apply(stack({ namespace }))).exitCode).toBe(0);
  });

  it('keeps a failed release when asked to, says so, and starts from there', async () => {
    const namespace = await cluster.namespace('keep');
    await cluster.apply(stack({ namespace }));
    const failed = await cluster.apply(stack({ namespace, version: 'v2', image: 'registry.test/fraud:not-found' }), {
      onFailure: 'keep',
    });
    expect(failed.exitCode).toBe(6);
    expect(JSON.stringify((await cluster.objects(namespace, 'deployment')).get('Deployment/fraud')?.spec)).toContain('not-found');
    expect((await history(cluster.engine, { release: 'fraud', namespace })).at(-1)).toMatchObject({
      state: 'failed',
      left: expect.any(Array),
    });
    expect((await cluster.apply(stack({ namespace }))).exitCode).toBe(0);
  });

  it('refuses a rollout that exceeds the quota, before the first write', async () => {
    const namespace = await cluster.namespace('quota');
    await cluster.apply(stack({ namespace }));
    await cluster.kubectl('-n', namespace, 'create', 'quota', 'small', '--hard=pods=1');
    await expect
      .poll(async () => (await cluster.objects(namespace, 'quota')).get('ResourceQuota/small')?.status)
      .toMatchObject({ used: { pods: '1' } });
    cluster.requests();
    const refused = await cluster.apply(stack({ namespace, version: 'v2' }));
    expect(refused.exitCode).toBe(3);
    expect(refused.result.problems[0]).toMatchObject({ code: 'QUOTA_EXCEEDED', subject: 'ResourceQuota/small', path: 'pods' });
    expect(writesOf(cluster.requests())).toEqual([]);
  });

  it('rolls back to a revision, with its manifests and under the same rules', async () => {
    const namespace = await cluster.namespace('rollback');
    const proof = gate({ namespace, report: report(0.941) });
    for (const version of ['v1', 'v2', 'v3']) await cluster.apply(stack({ namespace, version, gates: [proof] }));
    const name = { release: 'fraud', namespace };
    const back = await course(rollback(cluster.engine, name, { to: 1 }));
    expect(back.exitCode).toBe(0);
    const revisions = await history(cluster.engine, name);
    expect(revisions.map(({ state }) => state)).toEqual(['superseded', 'superseded', 'superseded', 'deployed']);
    expect(revisions.at(-1)).toMatchObject({ action: 'rollback', of: 1, versions: ['v1'], gates: [{ passed: true }] });
    expect((await cluster.objects(namespace, 'configmap')).get('ConfigMap/fraud')?.data).toMatchObject({ VERSION: 'v1' });
    expect((await course(rollback(cluster.engine, name))).result.revision).toMatchObject({ of: 3 });
    expect((await course(rollback(cluster.engine, name, { to: 77 }))).result).toMatchObject({
      outcome: 'refused',
      problems: [{ code: 'REVISION_UNKNOWN' }],
    });
  });

  it('keeps as many revisions as it is told, and always the deployed one', async () => {
    const namespace = await cluster.namespace('limit');
    for (const version of ['v1', 'v2', 'v3']) await cluster.apply(stack({ namespace, version }), { historyLimit: 2 });
    const revisions = await history(cluster.engine, { release: 'fraud', namespace });
    expect(revisions.map(({ revision }) => revision)).toEqual([2, 3]);
    for (const version of ['v4', 'v5'])
      await cluster.apply(stack({ namespace, version, image: 'registry.test/x:not-found' }), { historyLimit: 2 });
    const later = await history(cluster.engine, { release: 'fraud', namespace });
    expect(later.map(({ state }) => state)).toEqual(['deployed', 'rolled-back', 'rolled-back']);
    const secrets = [...(await cluster.objects(namespace, 'secret')).keys()];
    expect(secrets).toHaveLength(2); // the head, and the content of the one deployed revision that is kept
  });

  it('uninstalls everything it has made, and nothing else', async () => {
    const namespace = await cluster.namespace('uninstall');
    await cluster.kubectl('-n', namespace, 'create', 'configmap', 'theirs');
    await cluster.apply(stack({ namespace }));
    const gone = await course(uninstall(cluster.engine, { release: 'fraud', namespace }));
    expect(gone.exitCode).toBe(0);
    const left = [...(await cluster.objects(namespace, KINDS)).keys()].sort();
    expect(left).toEqual(['ConfigMap/kube-root-ca.crt', 'ConfigMap/theirs', 'ServiceAccount/default']);
    const again = await course(uninstall(cluster.engine, { release: 'fraud', namespace }));
    expect(again.result).toMatchObject({ outcome: 'refused', problems: [{ code: 'RELEASE_UNKNOWN' }] });
  });

  it('creates the namespace only when asked to, and refuses one that is being deleted', async () => {
    expect((await cluster.apply(stack({ namespace: 'not-there' }))).result).toMatchObject({
      outcome: 'refused',
      problems: [{ code: 'NAMESPACE_MISSING' }],
    });
    expect((await cluster.apply(stack({ namespace: 'not-there' }), { createNamespace: true })).exitCode).toBe(0);
    await cluster.namespace('ending');
    await cluster.kubectl(
      '-n',
      'ending',
      'apply',
      '-f',
      folder([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'ending', finalizers: ['test/wait'] } }]),
    );
    await cluster.kubectl('delete', 'namespace', 'ending', '--wait=false');
    expect((await cluster.apply(stack({ namespace: 'ending' }))).result).toMatchObject({
      outcome: 'refused',
      problems: [{ code: 'NAMESPACE_TERMINATING' }],
    });
    await cluster.kubectl('-n', 'ending', 'patch', 'configmap', 'x', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
  });

  it('undoes when it is interrupted', async () => {
    const namespace = await cluster.namespace('interrupt');
    await cluster.apply(stack({ namespace }));
    const before = await cluster.objects(namespace, KINDS);
    const interrupt = new AbortController();
    const slow = folder(stack({ namespace, version: 'v2', sim: { 'ready-delay': '30s' } }));
    const stopped = await course(apply(cluster.engine, slow, { signal: interrupt.signal }), (event) => {
      if (event.type === 'progress') interrupt.abort();
    });
    expect(stopped.exitCode).toBe(5);
    expect(stopped.result.problems[0]?.code).toBe('INTERRUPTED');
    const after = await cluster.objects(namespace, KINDS);
    expect(stateOf(after.get('Deployment/fraud'))).toEqual(stateOf(before.get('Deployment/fraud')));
  });
});
