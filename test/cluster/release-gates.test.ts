import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyLine } from '../../lib/cli/print/history';
import { GATE_SUPPORT_ANNOTATION } from '../../lib/kube/contract';
import { history, list } from '../../lib/release';
import { hasCluster, SHARED } from '../harness/cluster';
import { helmTemplate, identity, type ReleaseCluster, releaseCluster, serving, writesOf } from '../release/harness';
import { type GateOptions, gate, report, stack } from '../release/manifests';

const KINDS = 'deployment,service,configmap,serviceaccount,job,pod';

describe.skipIf(!hasCluster)('gates on a real control plane', () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  /** An installed v1, and what a v2 with such a gate comes to. */
  const upgrade = async (namespace: string, options: Omit<GateOptions, 'namespace'>) => {
    await cluster.namespace(namespace);
    expect((await cluster.apply(stack({ namespace }))).exitCode).toBe(0);
    const before = await cluster.objects(namespace, KINDS);
    cluster.requests();
    const course = await cluster.apply(stack({ namespace, version: 'v2', gates: [gate({ namespace, ...options })] }));
    const requests = cluster.requests();
    const after = await cluster.objects(namespace, KINDS);
    const revisions = await history(cluster.engine, { release: 'fraud', namespace });
    return { course, before, after, requests, revisions };
  };

  it('lets an upgrade through whose numbers are good, and keeps them in history', async () => {
    const { course, revisions, after } = await upgrade('good', { report: report(0.941) });
    expect(course.exitCode).toBe(0);
    const evidence = { passed: true, samples: 20_000, exitCode: 0, attempts: 1 };
    expect(revisions.at(-1)).toMatchObject({ state: 'deployed', gates: [evidence] });
    expect(
      revisions
        .map((revision) => historyLine(revision))
        .at(-1)
        ?.split('\n')[0],
    ).toBe('2 deployed v2 gate auc 0.941 (≥ 0.92) p99 118 ms (≤ 150)');
    expect([...after.keys()].filter((name) => name.startsWith('Job/'))).toEqual([]);
  });

  it.each([
    ['low', 'numbers below the threshold, exit 0', { report: report(0.8) }, 'auc 0.8 (≥ 0.92)', 'the model or'],
    ['low10', 'numbers below the threshold, exit 10', { report: report(0.8), exitCode: 10 }, 'auc 0.8 (≥ 0.92)', 'the model or'],
    ['lying', 'good numbers, exit 1', { report: report(0.99), exitCode: 1 }, 'exit code 1', 'Correct the gate'],
    ['unsure', 'good numbers, inconclusive', { report: report(0.99), exitCode: 20 }, 'inconclusive', 'Correct the gate'],
    ['mute', 'no numbers, exit 0', {}, 'no numbers', '/dev/termination-log'],
    ['garbled', 'numbers that are not JSON, exit 0', { report: 'AUC 0.95' }, 'not JSON', '/dev/termination-log'],
    [
      'partial',
      'one number missing',
      { report: '{"v":1,"metrics":{"auc":0.95}}' },
      'report latencyP99Ms',
      '/dev/termination-log',
    ],
    ['unstarted', 'an image that is not there', { sim: { outcome: 'image-not-found' } }, 'cannot start', 'Correct the gate'],
  ])('rejects %s: %s', async (namespace, _title, options, reason, remedy) => {
    const { course, before, after, requests, revisions } = await upgrade(namespace, options);
    expect(course.exitCode).toBe(4);
    expect(course.result.problems).toMatchObject([{ code: 'GATE_REJECTED', subject: 'Job/validate' }]);
    expect(course.message).toContain(reason);
    expect(course.message).toContain(remedy);
    // Nothing of the stack was written: neither now nor by a rollback.
    const stackWrites = writesOf(requests).filter(({ uri }) => !/\/(jobs|leases|secrets)\b/.test(uri));
    expect(stackWrites).toEqual([]);
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    for (const [name, object] of before) expect(identity(after.get(name)), name).toEqual(identity(object));
    expect(revisions.map(({ state }) => state)).toEqual(['deployed', 'rejected']);
    const next = await cluster.apply(stack({ namespace, version: 'v3', gates: [gate({ namespace, report: report(0.95) })] }));
    expect(next.exitCode).toBe(0);
  });

  it('runs before anything is installed, too', async () => {
    const namespace = await cluster.namespace('install');
    const rejected = await cluster.apply(stack({ namespace, gates: [gate({ namespace, report: report(0.8) })] }));
    expect(rejected.exitCode).toBe(4);
    expect([...(await cluster.objects(namespace, KINDS)).keys()].sort()).toEqual([
      'ConfigMap/kube-root-ca.crt',
      'ServiceAccount/default',
    ]);
    expect(await list(cluster.engine, namespace)).toMatchObject({ heads: [{ revisions: [{ state: 'rejected' }] }] });
  });

  it('repeats a gate that the cluster has taken down, three times at most, and never believes it', async () => {
    const namespace = await cluster.namespace('evicted');
    const progress = cluster.apply(
      stack({ namespace, gates: [gate({ namespace, report: report(0.95), sim: { outcome: 'hang' } })] }),
    );
    const evicted = new Set<string>();
    const status = JSON.stringify({
      status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
    });
    const evicting = setInterval(async () => {
      // One that is not running yet would be taken for started by the simulated kubelet a moment later.
      const running = '--field-selector=status.phase=Running';
      const names = (await cluster.kubectl('-n', namespace, 'get', 'pods', '-o', 'name', running))
        .split('\n')
        .filter((name) => name !== '');
      for (const name of names.filter((one) => !evicted.has(one))) {
        evicted.add(name);
        await cluster.kubectl('-n', namespace, 'patch', name, '--subresource=status', '--type=merge', '-p', status);
      }
    }, 500);
    const course = await progress;
    clearInterval(evicting);
    expect(course.exitCode).toBe(4);
    expect(evicted.size).toBe(3);
    const revisions = await history(cluster.engine, { release: 'fraud', namespace });
    expect(revisions.at(-1)?.gates).toMatchObject([{ passed: false, attempts: 3 }]);
    expect(course.events.filter(({ type }) => type === 'gate-lost')).toHaveLength(2);
  });

  it('takes a Job that somebody deletes for a failure', async () => {
    const namespace = await cluster.namespace('deleted');
    const progress = cluster.apply(
      stack({ namespace, gates: [gate({ namespace, report: report(0.95), sim: { outcome: 'hang' } })] }),
    );
    await expect
      .poll(async () => cluster.kubectl('-n', namespace, 'get', 'pods', '-o', 'name'), { timeout: 20_000 })
      .toContain('validate');
    await cluster.kubectl('-n', namespace, 'delete', 'jobs', '--all');
    const course = await progress;
    expect(course.exitCode).toBe(4);
    expect(course.message).toContain('deleted');
  });

  it('does not take the Job of another release, plan or attempt for its own', async () => {
    const namespace = await cluster.namespace('stale');
    const stale = gate({ namespace, report: report(0.99) });
    await cluster.kubectl('-n', namespace, 'create', 'job', 'validate', '--image=registry.test/validator:v1');
    const course = await cluster.apply(stack({ namespace, gates: [{ ...stale, ...gate({ namespace, report: report(0.5) }) }] }));
    expect(course.exitCode).toBe(4);
    expect(await cluster.kubectl('-n', namespace, 'get', 'jobs', '-o', 'name')).toBe('job.batch/validate\n');
  });

  it('makes what a gate needs, and takes it away again', async () => {
    const namespace = await cluster.namespace('support');
    const annotations = { [GATE_SUPPORT_ANNOTATION]: 'validate' };
    const support = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'thresholds', namespace, annotations },
      data: { a: '1' },
    };
    const course = await cluster.apply(stack({ namespace, more: [support], gates: [gate({ namespace, report: report(0.95) })] }));
    expect(course.exitCode).toBe(0);
    const uris = writesOf(cluster.requests()).map(({ verb, uri }) => `${verb} ${uri}`);
    expect(uris.some((uri) => uri.startsWith(`create /api/v1/namespaces/${namespace}/configmaps`))).toBe(true);
    expect([...(await cluster.objects(namespace, 'configmap')).keys()]).not.toContain('ConfigMap/thresholds');
  });

  it('judges a pod of the new version that gets no traffic, and removes it whatever happens', async () => {
    const namespace = await cluster.namespace('candidate');
    expect((await cluster.apply(stack({ namespace }))).exitCode).toBe(0);
    const seen: string[] = [];
    const watching = setInterval(async () => {
      seen.push(await cluster.kubectl('-n', namespace, 'get', 'pods', '--show-labels', '--no-headers').catch(() => ''));
    }, 300);
    const gates = [gate({ namespace, phase: 'candidate', report: report(0.5), sim: { 'job-delay': '2s' } })];
    const course = await cluster.apply(stack({ namespace, version: 'v2', gates }));
    clearInterval(watching);
    expect(course.exitCode).toBe(4);
    expect(seen.join('\n')).toMatch(/fraud-candidate-\S+\s+1\/1/);
    expect(seen.join('\n')).not.toMatch(/fraud-candidate-.*app.kubernetes.io\/name=fraud/);
    await expect.poll(() => cluster.kubectl('-n', namespace, 'get', 'pods,configmaps', '-o', 'name')).not.toContain('candidate');
    expect((await cluster.objects(namespace, 'configmap')).get('ConfigMap/fraud')?.data).toMatchObject({ VERSION: 'v1' });
  });

  it('undoes the new version when a gate on it fails', async () => {
    const { course, before, after, revisions } = await upgrade('after', { phase: 'after', report: report(0.8) });
    expect(course.exitCode).toBe(5);
    expect(after.get('ConfigMap/fraud')?.data).toEqual(before.get('ConfigMap/fraud')?.data);
    expect(revisions.at(-1)).toMatchObject({ state: 'rolled-back', gates: [{ phase: 'after', passed: false }] });
  });

  it.each(['dev', 'staging'])(
    'releases what helm renders for %s: a hook Job is a gate, whose exit code counts',
    async (environment) => {
      const namespace = `team-fraud-${environment}`;
      const values = environment === 'dev' ? [] : ['-f', `${SHARED}/peers/charts/fraud-model/values-${environment}.yaml`];
      const chart = await helmTemplate('fraud-model', 'fraud-model', '-n', namespace, ...values);
      const args = ['apply', chart, '--release', 'fraud-model', '--create-namespace', '--ignore-missing', '--output', 'json'];
      const installed = await serving(cluster, ...args).ended;
      expect(installed.stderr).toBe('');
      expect(installed.code).toBe(0);
      expect(JSON.parse(installed.stdout)).toMatchObject({
        outcome: 'succeeded',
        revision: { gates: [{ passed: true, metrics: [] }] },
      });
      expect(await cluster.kubectl('-n', namespace, 'get', 'jobs', '-o', 'name')).toBe('');
      expect((await serving(cluster, ...args).ended).stdout).toContain('"outcome":"unchanged"');
    },
  );

  it('refuses at once the rollout that takes helm a minute to fail: prod on three nodes', async () => {
    const values = `${SHARED}/peers/charts/fraud-model/values-prod.yaml`;
    const prod = (set: string) => helmTemplate('fraud-model', 'fraud-model', '-n', 'team-fraud-prod', '-f', values, '--set', set);
    const chart = await prod('resources.requests.cpu=1');
    const installed = await serving(cluster, 'apply', chart, '--release', 'fraud-model', '--create-namespace', '--ignore-missing')
      .ended;
    expect(installed.stdout + installed.stderr).toContain('succeeded');
    const next = await prod('image.tag=v2.2.0,resources.requests.cpu=1');
    cluster.requests();
    const refused = await serving(cluster, 'apply', next, '--release', 'fraud-model', '--ignore-missing').ended;
    expect(refused.code).toBe(3);
    expect(refused.stdout).toContain('required anti-affinity');
    expect(refused.stdout).toContain('maxSurge: 0');
    expect(writesOf(cluster.requests())).toEqual([]);
  });
});
