import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { score } from '../../apps/images/fraud-model';
import { featuresOf } from '../../apps/images/preprocessor/features';
import { trainedModels, validationSet } from '../../apps/images/train';
import { historyLine } from '../../lib/cli/print/history';
import { fieldsAt, listAt, textAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { apply, history, type Revision, uninstall } from '../../lib/release';
import { aucByPairs } from '../apps/images/auc-by-pairs';
import { hasCluster } from '../harness/cluster';
import { NEEDED } from '../harness/connections';
import { ROOT } from '../harness/project';
import { course } from '../release/harness';
import { recordAdoption } from './helm-adoption';
import { knownTransactions } from './images/known-transactions';
import { edgesMade, type Observer, observe, reportsOf } from './observer';
import { type Client, type RealCluster, realCluster } from './real-node';
import { failed, type Recording, unproven, wrong } from './recording';
import { NAMESPACE, RELEASE, SERVER, stackFolder, TARGET } from './stack';
import { recordTraffic } from './traffic';

const NAME = { release: RELEASE, namespace: NAMESPACE };
const [first] = trainedModels();
const STEPS = [
  ['upgrade to the better model', 0],
  ['upgrade to the worse model', 4],
  ['image that crashes on load', 4],
  ['the same, without a gate', 5],
  ['rollback', 0],
  ['one variable changed', 0],
  ['Redis restarted', undefined],
] as const;

describe.skipIf(!hasCluster)('a real model on real pods', () => {
  let cluster: RealCluster;
  let observer: Observer;
  let clients: Readonly<Record<'monitoring' | 'namespace', Client>>;
  beforeAll(async () => {
    cluster = await realCluster();
    observer = observe(cluster);
    await cluster.surroundings(NAMESPACE);
    clients = { monitoring: await cluster.client('monitoring'), namespace: await cluster.client(NAMESPACE) };
  });
  // What a test has connected is looked up before the kernel forgets it.
  afterEach(() => observer.look());
  afterAll(async () => {
    observer?.stop();
    await cluster?.down();
  });

  const podsNow = async (): Promise<readonly KubeObject[]> => {
    const text = await cluster.kubectl(
      '-n',
      NAMESPACE,
      'get',
      'pods',
      '-l',
      `app.kubernetes.io/instance=${RELEASE}`,
      '-o',
      'json',
    );
    return listAt(JSON.parse(text), 'items') as readonly KubeObject[];
  };
  const expected = (transaction: string) => score(first as NonNullable<typeof first>, knownTransactions().get(transaction) ?? {});

  describe('the whole ml-serving-stack, from dist/dev as it is', () => {
    it('becomes ready', async () => {
      const installed = await course(apply(cluster.engine, join(ROOT, 'dist/dev/ml-serving-stack')));
      expect([installed.exitCode, installed.message]).toEqual([0, '']);
      const ready = (await podsNow()).map((pod) => [pod.metadata.labels?.['app.kubernetes.io/name'], ...conditionsOf(pod)]);
      const names = ['feature-store-proxy', 'fraud-model', 'preprocessor', 'redis', 'result-queue'];
      expect(ready.sort()).toEqual(names.map((name) => [name, 'Ready']));
    });

    it('runs under the security contexts that are rendered, on file systems that nobody can write to', async () => {
      for (const pod of await podsNow()) {
        const { name } = pod.metadata;
        const inside = (script: string): Promise<string> =>
          cluster.kubectl('-n', NAMESPACE, 'exec', name, '--', 'sh', '-c', script);
        expect(await inside('touch /x 2>&1 || : > /x 2>&1 || true').catch(String), name).toMatch(
          /Read-only file system|not found/,
        );
        expect(await inside('read -r line < /x').catch(String), name).toMatch(/No such file|can't open|cannot open/);
        const status = await inside(
          'while read -r key value rest; do case $key in Uid:|CapEff:|NoNewPrivs:|Seccomp:) echo $key $value;; esac; done < /proc/1/status',
        );
        expect(status.trim().split('\n'), name).toEqual([
          'Uid: 25000',
          'CapEff: 0000000000000000',
          'NoNewPrivs: 1',
          'Seccomp: 2',
        ]);
      }
    });

    it('predicts what the model says, for features, for a transaction, and from the cache', async () => {
      const { preprocessor, server } = urls();
      const raw = {
        amount: 250,
        country: 'FR',
        homeCountry: 'DE',
        hour: 3,
        scores: { velocity: 1, distance: 0.5, merchantRisk: 1, deviceAge: -1 },
      };
      const probability = score(first as NonNullable<typeof first>, featuresOf(raw));
      const answer = { model: 'v2.1.0', probability, fraud: probability >= 0.75 };
      expect(await clients.namespace.ask(`${preprocessor}/predict`, raw)).toMatchObject({ status: 200, body: answer });
      // From where an ingress controller would be in other environments; policies are not enforced here.
      const ask = () => clients.monitoring.ask(`${server}/predict`, { transaction: 'tx-7' });
      expect(await ask()).toMatchObject({ status: 200, body: { probability: expected('tx-7'), cached: false } });
      expect(await ask()).toMatchObject({ status: 200, body: { probability: expected('tx-7'), cached: true } });
      expect(await clients.monitoring.ask(`${server}/predict`, { transaction: 'nobody' })).toMatchObject({ status: 404 });
    });

    it('does what is put into the queue', async () => {
      const redis = (...words: readonly string[]) =>
        cluster.kubectl('-n', NAMESPACE, 'exec', `${RELEASE}-redis-0`, '--', 'redis-cli', ...words);
      await redis('LPUSH', 'result-queue', JSON.stringify({ id: 'a', request: { transaction: 'tx-8' } }));
      await expect.poll(() => redis('GET', 'result:a')).toContain(`"probability":${expected('tx-8')}`);
      await redis('LPUSH', 'result-queue', JSON.stringify({ id: 'b', request: {} }));
      await expect.poll(() => redis('LLEN', 'result-queue:dead')).toBe('1\n');
    });

    it('tells Prometheus of its requests, where the annotations say', async () => {
      for (const pod of await podsNow()) {
        const { annotations: { 'prometheus.io/port': port, 'prometheus.io/path': path } = {}, name } = pod.metadata;
        if (port === undefined) continue;
        const { status, body } = await clients.monitoring.ask(`http://${textAt(pod, 'status', 'podIP')}:${port}${path}`);
        expect([name, status, String(body)]).toEqual([name, 200, expect.stringMatching(/^http_requests_in_progress \d+$/m)]);
      }
    });

    it('is gone after an uninstall', async () => {
      expect((await course(uninstall(cluster.engine, NAME))).exitCode).toBe(0);
      await expect.poll(podsNow, { timeout: 90_000 }).toEqual([]);
    });
  });

  it('runs the Flask service of my-model, from dist/dev as it is', async () => {
    await cluster.namespace('my-model-dev');
    const installed = await course(apply(cluster.engine, join(ROOT, 'dist/dev/my-model')));
    expect([installed.exitCode, installed.message]).toEqual([0, '']);
    const client = await cluster.client('ingress-nginx');
    // The model was trained to tell on which side of a plane a point is.
    for (const [features, prediction] of [
      [[0.9, -0.9, 0.5, 0], 1],
      [[-0.9, 0.9, -0.5, 0], 0],
    ] as const) {
      const answer = await client.ask('http://my-model.my-model-dev/predict', { features });
      expect(answer).toEqual({ status: 200, body: { prediction } });
    }
    await client.stop();
    expect((await course(uninstall(cluster.engine, { release: 'my-model', namespace: 'my-model-dev' }))).exitCode).toBe(0);
  });

  describe('under constant requests', () => {
    let recording: Recording;
    beforeAll(async () => {
      const installed = await course(apply(cluster.engine, stackFolder()));
      expect(installed.message).toBe('');
      recording = await recordTraffic(cluster);
    });

    it('ends every step as it should', () => {
      expect(recording.steps.map(({ title, exitCode }) => [title, exitCode])).toEqual(STEPS);
    });

    it('says why a candidate does not start', async () => {
      const revisions = await history(cluster.engine, NAME);
      const crashed = revisions.filter(({ state, gates }) => state === 'rejected' && gates[0]?.metrics.length === 0);
      expect(crashed).toMatchObject([
        { gates: [{ reason: expect.stringMatching(/^the candidate does not start: CrashLoop: /) }] },
      ]);
      expect(crashed[0]?.gates[0]?.logs?.join('\n')).toContain('the model file has format 2, this server reads 1');
    });

    it('answers every request, and rightly', () => {
      expect(recording.sent.length).toBeGreaterThan(2000);
      expect(failed(recording.sent)).toEqual([]);
      expect(wrong(recording.sent)).toEqual([]);
      expect(new Set(recording.sent.map(({ fresh, model }) => `${model} ${fresh}`)).size).toBe(4);
    });

    it('gives no answer of a version that did not pass its gate, nor of a candidate', () => {
      expect(unproven(recording)).toEqual([]);
      expect([...new Set(recording.sent.map(({ model }) => model))].sort()).toEqual(['v2.1.0', 'v2.2.0']);
    });

    it('restarts nothing when a gate rejects or a crash is undone', () => {
      for (const { title, exitCode, before, after } of recording.steps) {
        if (exitCode === 4 || exitCode === 5) expect([title, after]).toEqual([title, before]);
      }
    });

    it('leaves no candidate and no gate behind', async () => {
      const left = await cluster.kubectl(
        '-n',
        NAMESPACE,
        'get',
        'pods,jobs,configmaps,serviceaccounts,networkpolicies',
        '-o',
        'name',
      );
      expect(left).not.toMatch(/candidate|validate/);
    });

    it('has in its history what the validator has measured, and that is right', async () => {
      const reports = reportsOf(observer).slice(-4);
      const revisions = (await history(cluster.engine, NAME)).filter(({ gates }) =>
        gates.some(({ metrics }) => metrics.length > 0),
      );
      const recorded = revisions.slice(-4).map(({ gates: [gate] }) => ({
        v: 1,
        metrics: Object.fromEntries((gate?.metrics ?? []).map(({ name, value }) => [name, value])),
        samples: gate?.samples,
      }));
      // The nonce is for the one run that it was given to; the record does not keep it.
      expect(reports.every((report) => typeof report.nonce === 'string')).toBe(true);
      expect(recorded).toEqual(reports.map(({ nonce: _nonce, ...report }) => report));
      const expectedAuc = ['v2.2.0', 'v2.3.0', 'v2.1.0', 'v2.1.0'].map(aucOf);
      expect(reports.map(({ metrics }) => metrics.auc)).toEqual(expectedAuc);
      expect(reports.map(({ metrics }) => metrics.liveAuc)).toEqual(['v2.1.0', 'v2.2.0', 'v2.2.0', 'v2.1.0'].map(aucOf));
      const better = historyLine(revisions.slice(-4)[0] as Revision);
      expect(better).toMatch(/^\d+ superseded v2\.2\.0 gate auc 0\.9\d+ \(≥ 0\.92\).* p99 [\d.]+ ms \(≤ 150\)/);
    });

    it('answers a request that is in flight when its pod is told to stop', async () => {
      const [pod] = (await podsNow()).filter(({ metadata }) => metadata.name.startsWith(SERVER));
      const client = await cluster.client('ingress-nginx');
      const slow = client.slowly(TARGET, { transaction: 'tx-9' }, 22);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const told = Date.now();
      await cluster.kubectl('-n', NAMESPACE, 'delete', 'pod', pod?.metadata.name ?? '', '--wait=false');
      const { status, body, connection } = await slow;
      // Longer than the pause before the signal: the server was already stopping.
      expect(Date.now() - told).toBeGreaterThan(18_000);
      expect([status, connection]).toEqual([200, 'close']);
      expect(body).toMatchObject({ pod: pod?.metadata.name, probability: expected('tx-9') });
      await client.stop();
    });

    it('has made every connection that its policies allow, and no other', async () => {
      expect(await edgesMade(observer, cluster.nodeAddress, RELEASE)).toEqual(NEEDED);
    });
  });

  // Last: its pods and clients are none of those whose connections were written down.
  it('adopts a Helm release under constant requests: none is lost, no pod restarts', async () => {
    const { recording, status } = await recordAdoption(cluster);
    const [adoption] = recording.steps;
    expect([adoption?.exitCode, adoption?.message, adoption?.before.length]).toEqual([0, '', 3]);
    expect(adoption?.after).toEqual(adoption?.before);
    expect(recording.sent.length).toBeGreaterThan(500);
    expect([failed(recording.sent), wrong(recording.sent)]).toEqual([[], []]);
    // `helm uninstall` by habit finds nothing to delete.
    expect(status).toContain('release: not found');
  });
});

const urls = () => ({ server: `http://${SERVER}.${NAMESPACE}`, preprocessor: `http://${RELEASE}-preprocessor.${NAMESPACE}` });

function conditionsOf(pod: KubeObject): readonly unknown[] {
  return listAt(pod, 'status', 'conditions').flatMap((one) => {
    const { type, status } = fieldsAt(one);
    return type === 'Ready' && status === 'True' ? [type] : [];
  });
}

/** The AUC of a version's model on the validation data, computed apart from the validator; four digits, as it reports them. */
function aucOf(version: string): number {
  const model = trainedModels().find((one) => one.version === version);
  const rows = validationSet();
  const scores = rows.map(({ features }) => (model ? score(model, features) : Number.NaN));
  const labels = rows.map(({ label }) => label);
  return Math.round(aucByPairs(labels, scores) * 10_000) / 10_000;
}
