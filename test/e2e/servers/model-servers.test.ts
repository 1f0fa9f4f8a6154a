import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../../apps/images/service';
import { fieldsAt, listAt } from '../../../lib/kube/fields';
import type { KubeObject } from '../../../lib/kube/object';
import { apply } from '../../../lib/release';
import { LOAD_SIGNALS, metricOf, seriesOf } from '../../../lib/runtimes/metrics';
import type { Runtime } from '../../../lib/runtimes/runtime';
import { hasCluster } from '../../harness/cluster';
import { course } from '../../release/harness';
import { folder } from '../../release/manifests';
import { renderStack } from '../../stacks/render';
import type { Prediction, Target } from '../images/predictions';
import { fixtureImage, type RealNode, realNode } from '../real-node';
import { CHURN, modelServers, RUNTIMES, serverImages, type Variant } from './model-servers';

type Server = keyof typeof RUNTIMES;
const SERVERS = Object.keys(RUNTIMES) as readonly Server[];
const USERS: Readonly<Record<Server, string>> = { iris: '1000', churn: '1034', llm: '25000' };
const FLOWER = { inputs: [{ name: 'x', datatype: 'FP64', shape: [1, 4], data: [6.3, 3.3, 6, 2.5] }] };
const TARGETS: Readonly<Record<Server, Target>> = {
  iris: { url: 'http://servers-iris.serving/v2/models/iris/infer', body: FLOWER },
  churn: { url: 'http://servers-churn.serving/predict', body: { features: [1, 2] } },
  llm: {
    url: 'http://servers-llm.serving/v1/completions',
    body: { model: 'llm', prompt: 'abc', max_tokens: 12, temperature: 1, seed: 7, stream: true },
  },
};
const RATE = 5;

/** What a response predicts, without what differs between two of the same: ids and times. */
const predicted: Readonly<Record<Server, (text: string) => unknown>> = {
  iris: (text) => fieldsAt(listAt(JSON.parse(text), 'outputs')[0]).data,
  churn: (text) => JSON.parse(text) as unknown,
  llm: (text) => {
    const events = text.split('\n\n').flatMap((event) => event.split('data: ')[1] ?? []);
    const choices = events.filter((event) => event.startsWith('{')).map((event) => listAt(JSON.parse(event), 'choices')[0]);
    return [choices.map((choice) => fieldsAt(choice).text).join(''), events.at(-1)];
  },
};

describe.skipIf(!hasCluster)('real model servers on real pods', () => {
  const models = mkdtempSync(join(tmpdir(), 'serving-models-'));
  let cluster: RealNode;
  let client: string;

  beforeAll(async () => {
    cluster = await realNode(() => [...serverImages(models), fixtureImage('predictions')]);
    writeFileSync(join(models, 'broken.joblib'), 'this is no model');
    await cluster.create(
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'serving', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'clients' } },
    );
  }, 900_000);
  afterAll(() => cluster?.down());

  const release = (variant: Omit<Variant, 'models'>) => {
    const { problems, findings, objects } = renderStack((scope) => modelServers(scope, { models, ...variant }));
    expect([problems, findings]).toEqual([[], []]);
    return course(apply(cluster.engine, folder(objects)));
  };
  const podOf = async (server: Server): Promise<KubeObject> => {
    const selector = `app.kubernetes.io/name=${server}`;
    const list = JSON.parse(await cluster.kubectl('-n', 'serving', 'get', 'pods', '-l', selector, '-o', 'json')) as unknown;
    const pods = (listAt(list, 'items') as readonly KubeObject[]).filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
    expect(pods).toHaveLength(1);
    return pods[0] as KubeObject;
  };
  const askOnce = async (target: Target) => (await ask(`${client}/ask`, target, 90_000)).body as Prediction;
  const sent = async () => (await ask(`${client}/sent/0`, undefined, 30_000)).body as readonly Prediction[];
  const overGrpc = async () => {
    const lines = (await cluster.kubectl('-n', 'clients', 'logs', 'grpc')).trim().split('\n');
    return JSON.parse(lines.at(-1) || '{}') as { readonly answers: Readonly<Record<string, number>>; readonly failures: unknown };
  };

  it('become ready under the restricted level', async () => {
    const installed = await release({ release: '1' });
    expect([installed.message, installed.exitCode]).toEqual(['', 0]);
    client = await cluster.fixture('clients', 'predictions', { TARGETS: JSON.stringify(TARGETS), RATE: String(RATE) });
    await cluster.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'grpc', namespace: 'clients' },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: 'client',
            image: 'registry.company.com/mlserver-sklearn:1.7.1',
            command: ['python3', '/app/grpc_client.py', 'servers-iris.serving.svc.cluster.local:8081', 'iris', String(RATE)],
          },
        ],
      },
    });
  });

  it('run as the users of their presets, on root file systems that cannot be written', async () => {
    for (const server of SERVERS) {
      const { name } = (await podOf(server)).metadata;
      const inside = (script: string) => cluster.kubectl('-n', 'serving', 'exec', name, '--', 'sh', '-c', script);
      expect(await inside(': > /x').catch(String), server).toMatch(/Read-only file system/);
      const uid = await inside('while read -r key value rest; do case $key in Uid:) echo $value;; esac; done < /proc/1/status');
      expect(uid.trim(), server).toBe(USERS[server]);
    }
  });

  it('predict through their Services', async () => {
    const [iris, churn, llm] = await Promise.all([askOnce(TARGETS.iris), askOnce(TARGETS.churn), askOnce(TARGETS.llm)]);
    expect([iris.status, predicted.iris(iris.text)]).toEqual([200, [2]]);
    const total = CHURN.bias + (CHURN.weights[0] ?? 0) + 2 * (CHURN.weights[1] ?? 0);
    expect(predicted.churn(churn.text)).toEqual({ probability: Number((1 / (1 + Math.exp(-total))).toFixed(6)) });
    expect([llm.status, predicted.llm(llm.text)]).toEqual([200, [expect.stringMatching(/./), '[DONE]']]);
  });

  it('predict over gRPC', async () => {
    await expect.poll(overGrpc, { timeout: 60_000 }).toEqual({ answers: { '[2]': expect.any(Number) }, failures: [] });
  });

  it('stream what a model generates', async () => {
    const long = { ...TARGETS.llm, body: { ...(TARGETS.llm.body as object), max_tokens: 200 } };
    // A buffered response comes at once. The model is quick, and on a busy machine its client is not: there are several tries.
    const moments = async () => new Set((await askOnce(long)).parts).size;
    await expect.poll(moments, { timeout: 30_000 }).toBeGreaterThan(10);
  });

  it('expose exactly the metrics that their presets name', async () => {
    for (const server of SERVERS) {
      const runtime: Runtime = RUNTIMES[server];
      if (runtime.metrics === undefined) continue;
      const { path, port = 'http' } = runtime.metrics;
      const { podIP } = fieldsAt((await podOf(server)).status);
      const text = await cluster.onNode('curl', '-sS', `http://${String(podIP)}:${runtime.ports[port]}${path}`);
      const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name, kind]));
      // Python's client of Prometheus adds its own, and when each series began.
      const own = [...types.keys()].filter((name) => !/^(python|process)_|_created$/.test(name ?? '')).sort();
      expect(own, server).toEqual([...seriesOf(runtime.metrics, runtime.version)].sort());
      for (const signal of LOAD_SIGNALS) {
        const metric = metricOf(runtime.metrics, signal, runtime.version);
        if (metric !== undefined) expect([signal, types.get(metric.series)]).toEqual([signal, metric.kind]);
      }
    }
  });

  it('lose nothing in a rolling update', async () => {
    const before = await Promise.all(SERVERS.map(podOf));
    const updated = await release({ release: '2' });
    expect([updated.message, updated.exitCode]).toEqual(['', 0]);
    await sleep(20_000); // until the old pods have drained
    const after = await Promise.all(SERVERS.map(podOf));
    const uids = (pods: readonly KubeObject[]) => pods.map(({ metadata }) => metadata.uid);
    for (const uid of uids(after)) expect(uids(before)).not.toContain(uid);
    await nothingLost();
  });

  it('go on with the version before when a model does not load', async () => {
    const failed = await release({ release: '2', iris: 'broken.joblib' });
    expect([failed.exitCode, failed.result.outcome]).toEqual([5, 'rolled-back']);
    await nothingLost();
  });

  it('answer what is in flight when their pods are told to stop', async () => {
    const late: Readonly<Record<Server, Target>> = {
      iris: { ...TARGETS.iris, pause: 20 },
      churn: { ...TARGETS.churn, body: { features: [1, 2], seconds: 20 } },
      llm: { ...TARGETS.llm, pause: 20 },
    };
    const answers = Promise.all(SERVERS.map((server) => askOnce(late[server])));
    await sleep(1000);
    for (const server of SERVERS) {
      const { name } = (await podOf(server)).metadata;
      await cluster.kubectl('-n', 'serving', 'delete', 'pod', name, '--wait=false');
    }
    for (const [index, { status, text, at, parts }] of (await answers).entries()) {
      expect([SERVERS[index], status, text]).toEqual([SERVERS[index], 200, expect.stringMatching(/./)]);
      // Longer than the pause before the signal: the server was already stopping.
      expect(at + (parts.at(-1) ?? 0)).toBeGreaterThan(at + 18_000);
    }
  });

  /** Every request so far got the prediction of its model. */
  async function nothingLost(): Promise<void> {
    const all = await sent();
    for (const server of SERVERS) {
      const own = all.filter(({ target }) => target === server);
      expect(own.filter(({ status }) => status !== 200)).toEqual([]);
      expect(own.length).toBeGreaterThan(RATE * 20);
      // Kept connections that the server closed, and that a request came on at the same moment: they are rare.
      expect(own.filter(({ again }) => again).length, server).toBeLessThan(own.length / 20);
      expect(new Set(own.map(({ text }) => JSON.stringify(predicted[server](text)))).size, server).toBe(1);
    }
    expect(await overGrpc()).toEqual({ answers: { '[2]': expect.any(Number) }, failures: [] });
  }
});
