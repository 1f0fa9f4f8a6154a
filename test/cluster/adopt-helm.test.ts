import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type KubeApi, TransportError } from '../../lib/client';
import { formatProblem } from '../../lib/errors/problem';
import { RELEASE_LABEL } from '../../lib/kube/contract';
import { textAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { type AdoptOptions, adopt, history, planAdoption, rollback } from '../../lib/release';
import { hasCluster, SHARED } from '../harness/cluster';
import { ROOT } from '../harness/project';
import { course, type ReleaseCluster, releaseCluster, serving, writesOf } from '../release/harness';
import { folder, gate, report } from '../release/manifests';

const run = promisify(execFile);
const CHART = join(SHARED, 'peers/charts/fraud-model');

describe.skipIf(!hasCluster)('serving adopt, of a Helm release', () => {
  let cluster: ReleaseCluster;
  let peers: string;
  beforeAll(async () => {
    cluster = await releaseCluster();
    peers = (await run(join(SHARED, 'peers/unpack'))).stdout.trim();
  });
  afterAll(() => cluster?.down());

  /** What helm prints, or what it fails with. */
  const helm = (version: string, namespace: string, ...args: readonly string[]): Promise<string> =>
    run(join(peers, version), [...args, '-n', namespace], { env: { ...process.env, KUBECONFIG: cluster.kubeconfig } }).then(
      ({ stdout }) => stdout,
      (error: { readonly stderr?: string }) => `failed: ${error.stderr}`,
    );

  /** Installs the chart and upgrades it once; returns what the same chart renders, without what only Helm writes. */
  const released = async (version: string, namespace: string): Promise<readonly KubeObject[]> => {
    await cluster.namespace(namespace);
    expect(await helm(version, namespace, 'install', 'fraud-model', CHART)).toContain('STATUS: deployed');
    const set = ['--set', 'image.tag=v2.2.0', '--no-hooks'];
    expect(await helm(version, namespace, 'upgrade', 'fraud-model', CHART, ...set)).toContain('REVISION: 2');
    await cluster.kubectl('-n', namespace, 'rollout', 'status', 'deployment', 'fraud-model-fraud-model');
    const rendered = await helm(version, namespace, 'template', 'fraud-model', CHART, ...set);
    return parseAllDocuments(rendered).map((document): KubeObject => {
      const object = document.toJS() as KubeObject;
      const { 'helm.sh/chart': _, 'app.kubernetes.io/managed-by': _by, ...labels } = object.metadata.labels ?? {};
      return { ...object, metadata: { name: object.metadata.name, namespace, labels } };
    });
  };
  const without = (objects: readonly KubeObject[], kind: string) => objects.filter((object) => object.kind !== kind);
  const adoption = (objects: readonly KubeObject[], options: AdoptOptions = {}) =>
    course(adopt(cluster.engine, folder(objects), { release: 'fraud-model', ...options }));
  const live = (namespace: string) => cluster.objects(namespace, 'deployment,configmap,service,serviceaccount,pod');
  const pods = async (namespace: string) =>
    [...(await cluster.objects(namespace, 'pod')).values()].map(({ metadata }) => metadata.uid);

  describe.each(['helm3', 'helm4'])('%s', (version) => {
    it('takes everything over without a restart, keeps its history, and is safe from helm', async () => {
      const namespace = `adopt-${version}`;
      const manifests = without(await released(version, namespace), 'ConfigMap');
      const before = await live(namespace);
      const running = await pods(namespace);
      expect(before.has('ConfigMap/fraud-model-fraud-model')).toBe(true);

      cluster.requests();
      const undecided = await adoption(manifests);
      expect([undecided.exitCode, undecided.message]).toEqual([3, expect.stringMatching(/HELM_UNLISTED/)]);
      expect(undecided.message).toContain('ConfigMap/fraud-model-fraud-model');
      const proposal = await planAdoption(cluster.engine, folder(manifests), { release: 'fraud-model', unlisted: 'prune' });
      expect(proposal.problems).toEqual([]);
      expect(proposal.plan.objects.map(({ action, key }) => `${action} ${key.split('/')[1]}`).sort()).toEqual([
        'change Deployment',
        'change Service',
        'change ServiceAccount',
        'delete ConfigMap',
      ]);
      const deployment = proposal.plan.objects.find(({ key }) => key.includes('/Deployment/'));
      expect(deployment?.changes.map(({ path }) => path).sort()).toEqual([
        'metadata.annotations["app.kubernetes.io/managed-by"]',
        'metadata.annotations["helm.sh/chart"]',
        'metadata.annotations["meta.helm.sh/release-name"]',
        'metadata.annotations["meta.helm.sh/release-namespace"]',
        'metadata.labels["app.kubernetes.io/managed-by"]',
        'metadata.labels["cdk8s-serving/release"]',
        'metadata.labels["helm.sh/chart"]',
      ]);
      expect(writesOf(cluster.requests())).toEqual([]);

      // One that fails gives all of it back, and Helm goes on.
      const failing = gate({ namespace, name: 'late', phase: 'after', report: report(0.5) });
      const failed = await adoption([...manifests, failing], { unlisted: 'prune' });
      expect([failed.exitCode, failed.message]).toEqual([5, expect.stringContaining('auc')]);
      expect(await helm(version, namespace, 'status', 'fraud-model')).toContain('STATUS: deployed');
      const back = await live(namespace);
      const managersOf = (object: KubeObject | undefined) =>
        (object?.metadata.managedFields as readonly { readonly manager: string; readonly subresource?: string }[])
          ?.filter(({ subresource }) => subresource === undefined)
          .map(({ manager }) => manager)
          .sort();
      for (const name of ['Deployment/fraud-model-fraud-model', 'Service/fraud-model-fraud-model']) {
        expect(managersOf(back.get(name))).toEqual(managersOf(before.get(name)));
        expect(back.get(name)?.metadata.labels).toEqual(before.get(name)?.metadata.labels);
      }
      expect(
        await helm(version, namespace, 'upgrade', 'fraud-model', CHART, '--set', 'image.tag=v2.2.0', '--no-hooks'),
      ).toContain('REVISION: 3');

      cluster.requests();
      const adopted = await adoption(manifests, { unlisted: 'prune' });
      expect([adopted.exitCode, adopted.message]).toEqual([0, '']);
      const writes = writesOf(cluster.requests()).map(({ uri }) => uri);
      const ofHelm = writes.findIndex((uri) => uri.includes('/secrets/sh.helm.release'));
      expect(ofHelm).toBeGreaterThan(writes.findLastIndex((uri) => uri.includes('/secrets/cdk8s-serving')));
      const after = await live(namespace);
      expect(await pods(namespace)).toEqual(running);
      expect(after.has('ConfigMap/fraud-model-fraud-model')).toBe(false);
      for (const object of after.values()) {
        if (object.kind === 'Pod' || object.metadata.name === 'default' || object.metadata.name === 'kube-root-ca.crt') continue;
        expect(managersOf(object)?.filter((manager) => /helm/i.test(manager))).toEqual([]);
        expect(JSON.stringify(object.metadata)).not.toContain('meta.helm.sh');
      }
      expect(adopted.events.flatMap((event) => (event.type === 'warning' ? [event.problem.code] : []))).toContain(
        'HELM_RECORD_ENDED',
      );
      const name = { release: 'fraud-model', namespace };
      const revisions = await history(cluster.engine, name);
      expect(revisions.map(({ state, adopted: from }) => from ?? state)).toEqual([
        'rolled-back',
        expect.stringMatching(/^Helm revision 3 \(fraud-model-/),
        'deployed',
      ]);
      expect((await serving(cluster, 'history', 'fraud-model', '-n', namespace).ended).stdout).toContain(
        'adopted from Helm revision 3',
      );

      // By habit.
      expect(await helm(version, namespace, 'uninstall', 'fraud-model')).toMatch(/not found/);
      expect(await helm(version, namespace, 'list')).not.toContain('fraud-model');
      expect(await pods(namespace)).toEqual(running);

      // Again changes nothing; back to what Helm had released.
      expect((await adoption(manifests, { unlisted: 'prune' })).result.outcome).toBe('unchanged');
      const from = revisions.find(({ adopted: origin }) => origin !== undefined)?.revision ?? 0;
      const gone = await course(rollback(cluster.engine, name, { to: from }));
      expect([gone.exitCode, gone.message]).toEqual([0, '']);
      const restored = await live(namespace);
      expect(restored.get('ConfigMap/fraud-model-fraud-model')?.data).toEqual(
        before.get('ConfigMap/fraud-model-fraud-model')?.data,
      );
      expect(restored.get('Deployment/fraud-model-fraud-model')?.metadata.labels).toMatchObject({
        'helm.sh/chart': expect.any(String),
      });
      expect(await pods(namespace)).toEqual(running);

      const label = ['label', 'secret', '-n', namespace, '-l', 'owner=helm-parked,name=fraud-model', 'owner=helm', '--overwrite'];
      await cluster.kubectl(...label);
      expect(await helm(version, namespace, 'status', 'fraud-model')).toContain('STATUS: deployed');
    });
  });

  it('goes as docs/from-helm.md says, command by command', async () => {
    const namespace = 'adopt-page';
    const manifests = without(await released('helm3', namespace), 'ConfigMap');
    // As a stack is rendered.
    const labelled = manifests.map(({ metadata, ...object }) => {
      const labels = { ...metadata.labels, [RELEASE_LABEL]: 'fraud-model' };
      return { ...object, metadata: { ...metadata, labels } };
    });
    const dir = join(mkdtempSync(join(tmpdir(), 'serving-page-')), 'fraud-model');
    mkdirSync(dir);
    writeFileSync(join(dir, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: labelled }));
    const page = readFileSync(join(ROOT, 'docs/from-helm.md'), 'utf8');
    const commands = [...page.matchAll(/`serving (adopt dist[^`]*)`/g)].map(([, command = '']) => command);
    const folders = commands.map((command) => command.replace('dist/prod/fraud-model', dir));
    const run = (command: string) => serving(cluster, ...command.split(' ')).ended;
    expect(commands).toEqual(['adopt dist/prod/fraud-model --dry-run', 'adopt dist/prod/fraud-model --unlisted prune']);
    const [shown, carriedOut] = folders;

    const plan = await run(shown ?? '');
    expect([plan.code, plan.stdout + plan.stderr]).toEqual([3, expect.stringContaining('ConfigMap/fraud-model-fraud-model')]);
    expect(await helm('helm3', namespace, 'history', 'fraud-model')).toContain('deployed');
    expect(await run(carriedOut ?? '')).toMatchObject({ code: 0 });
    expect((await run(`history fraud-model -n ${namespace}`)).stdout).toContain('adopted from Helm revision 2');
    expect(await helm('helm3', namespace, 'uninstall', 'fraud-model')).toContain('release: not found');
    expect((await live(namespace)).has('ConfigMap/fraud-model-fraud-model')).toBe(false);
    expect(await run(`rollback fraud-model -n ${namespace} --to-revision 1`)).toMatchObject({ code: 0 });
    expect((await live(namespace)).has('ConfigMap/fraud-model-fraud-model')).toBe(true);
    const parked = await cluster.kubectl(
      '-n',
      namespace,
      'get',
      'secrets',
      '-o',
      'name',
      '--field-selector=type=helm.sh/release.v1',
    );
    for (const secret of parked.trim().split('\n'))
      await cluster.kubectl('-n', namespace, 'label', '--overwrite', secret, 'owner=helm');
    expect(await helm('helm3', namespace, 'history', 'fraud-model')).toContain('deployed');
  });

  it('that dies after any write leaves Helm usable, and is taken up by the next', async () => {
    const cases = (['helm3', 'helm4'] as const).flatMap((version) => [1, 3, 5, 8].map((count) => [version, count] as const));
    await Promise.all(
      cases.map(async ([version, count]) => {
        const namespace = `adopt-${version}-dies-${count}`;
        const manifests = without(await released(version, namespace), 'ConfigMap');
        const running = await pods(namespace);
        const path = folder(manifests);
        const options = { release: 'fraud-model', unlisted: 'prune' } as const;
        const dead = await course(adopt({ ...cluster.engine, api: dyingAfter(cluster.engine.api, count) }, path, options));
        expect([namespace, dead.result.outcome]).toEqual([namespace, expect.stringMatching(/interrupted|refused/)]);
        expect(await helm(version, namespace, 'status', 'fraud-model')).toContain('STATUS: deployed');
        const set = ['--set', 'image.tag=v2.2.0', '--no-hooks'];
        expect(await helm(version, namespace, 'upgrade', 'fraud-model', CHART, ...set)).toContain('REVISION: 3');
        const next = await course(adopt(cluster.engine, path, { ...options, waitMs: 120_000 }));
        expect([namespace, next.exitCode, next.message]).toEqual([namespace, 0, '']);
        expect(await helm(version, namespace, 'uninstall', 'fraud-model')).toMatch(/not found/);
        expect(await pods(namespace)).toEqual(running);
      }),
    );
  }, 240_000);

  it('leaves what it is told to keep, and names it', async () => {
    const manifests = without(await released('helm3', 'adopt-keep'), 'ConfigMap');
    const kept = await adoption(manifests, { unlisted: 'keep', helmRecord: 'delete' });
    expect([kept.exitCode, kept.message]).toEqual([0, '']);
    expect(kept.events.flatMap((event) => (event.type === 'warning' ? [formatProblem(event.problem)] : [])).join()).toContain(
      'ConfigMap/fraud-model-fraud-model: stays',
    );
    expect((await live('adopt-keep')).has('ConfigMap/fraud-model-fraud-model')).toBe(true);
    expect([...(await cluster.objects('adopt-keep', 'secret')).keys()].join()).not.toContain('sh.helm');
  });

  it('believes nothing of the record that live objects do not say', async () => {
    const namespace = 'adopt-hostile';
    const manifests = await released('helm3', namespace);
    const victim = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'victim', namespace }, data: { a: 'b' } };
    await cluster.kubectl('apply', '-f', folder([victim, { ...victim, metadata: { ...victim.metadata, name: 'hooked' } }]));
    const secrets = await cluster.objects(namespace, 'secret');
    const secret = secrets.get('Secret/sh.helm.release.v1.fraud-model.v2');
    const packed = textAt(secret, 'data', 'release') ?? '';
    const value = JSON.parse(gunzipSync(Buffer.from(Buffer.from(packed, 'base64').toString(), 'base64')).toString());
    const write = async (changed: unknown) => {
      const data = { release: Buffer.from(gzipSync(JSON.stringify(changed)).toString('base64')).toString('base64') };
      const file = join(mkdtempSync(join(tmpdir(), 'helm-')), 'patch.json');
      writeFileSync(file, JSON.stringify({ data }));
      await cluster.kubectl('-n', namespace, 'patch', 'secret', 'sh.helm.release.v1.fraud-model.v2', '--patch-file', file);
    };
    const forged = [
      `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: victim}\n`,
      `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: kube-public}\n`,
      `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: cluster-admin}\n`,
    ];
    const hook = {
      name: 'h',
      kind: 'Secret',
      manifest: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hooked, annotations: {helm.sh/hook: pre-install}}`,
    };
    await write({ ...value, manifest: value.manifest + forged.join(''), hooks: [hook] });
    const { plan } = await planAdoption(cluster.engine, folder(manifests), { release: 'fraud-model', unlisted: 'prune' });
    expect(plan.objects.filter(({ action }) => action === 'delete')).toEqual([]);
    for (const wrong of [{ ...value, name: 'other' }, { ...value, manifest: 7 }, [], { ...value, version: -1 }]) {
      await write(wrong);
      const refused = await adoption(manifests, { unlisted: 'prune' });
      expect([refused.exitCode, refused.message]).toEqual([3, expect.stringContaining('[HELM_RECORD]')]);
    }
    await write({ ...value, info: { ...value.info, status: 'pending-upgrade' } });
    expect((await adoption(manifests, { unlisted: 'prune' })).message).toContain('is pending-upgrade');
    expect((await cluster.objects(namespace, 'configmap')).get('ConfigMap/victim')?.data).toEqual({ a: 'b' });
  });

  it('asks for the name of a Helm release that is called otherwise', async () => {
    const manifests = await released('helm3', 'adopt-named');
    const refused = await adoption(manifests, { release: 'stack' });
    expect([refused.exitCode, refused.message]).toEqual([3, expect.stringContaining('--helm-release fraud-model')]);
    const adopted = await adoption(manifests, { release: 'stack', helmRelease: 'fraud-model' });
    expect([adopted.exitCode, adopted.message]).toEqual([0, '']);
  });
});

/** A connection that is gone after so many writes. */
function dyingAfter(api: KubeApi, writes: number): KubeApi {
  let left = writes;
  const unreachable = () => new TransportError('reset', 'the test has cut it', 'API server', true);
  const reads = new Set(['get', 'list', 'watch', 'may', 'scopeOf', 'position', 'logs']);
  return new Proxy(api, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) => {
        const dry = args.some((arg) => typeof arg === 'object' && arg !== null && 'dryRun' in arg && arg.dryRun === true);
        const review = name === 'create' && JSON.stringify(args[0]).includes('authorization.k8s.io');
        if (left <= 0 && name !== 'watch') return Promise.reject(unreachable());
        if (!reads.has(String(name)) && !dry && !review) left -= 1;
        return Reflect.apply(method, target, args);
      };
    },
  });
}
