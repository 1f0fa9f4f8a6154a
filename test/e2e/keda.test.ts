import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as listener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Autoscaling, canary, http, Model, ModelServer, type ModelServerProps, type Runtime, ServingStack } from '../../lib';
import { numberAt } from '../../lib/kube/fields';
import { apply, status } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { type Prometheus, startPrometheus } from '../harness/prometheus';
import { type Course, course, type ReleaseCluster, releaseCluster } from '../release/harness';

const NAMESPACE = 'team-scaled';
const NAME = 'chat';
const runtime: Runtime = {
  ...http,
  startupTimeout: '5s',
  metrics: { path: '/metrics', series: { queue: { series: 'model_queue', kind: 'gauge' } } },
};

describe.skipIf(!hasCluster)('a model server that KEDA scales by its queue', { timeout: 240_000 }, () => {
  let cluster: ReleaseCluster;
  let prometheus: Prometheus;
  let server: Server;
  /** Waiting requests: those that the pods report, and those that a gateway holds. */
  const load = { queue: 0, held: 0 };

  beforeAll(async () => {
    cluster = await releaseCluster();
    await cluster.tool('keda');
    await cluster.namespace(NAMESPACE);
    server = createServer((_request, response) => response.end(`model_queue ${load.queue}\ngateway_waiting ${load.held}\n`));
    const metrics = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
    // As a scrape of one of its pods would label them.
    const labels = { namespace: NAMESPACE, pod: `${NAME}-model-7c9d8f5b6-x2k4q` };
    const listen = `127.0.0.1:${await freePort()}`;
    prometheus = await startPrometheus({ listen, targets: [{ targets: [`127.0.0.1:${metrics}`], labels }] });
  });
  afterAll(async () => {
    await prometheus?.close();
    server?.close();
    await cluster?.down();
  });

  const manifests = (autoscaling: Autoscaling, note: string, more: Partial<ModelServerProps>) => {
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'serving-keda-')) });
    const stack = new ServingStack(app, NAME, { namespace: NAMESPACE });
    new ModelServer(stack, 'model', {
      runtime,
      model: Model.baked({ image: 'registry.test/chat', version: 'v1', path: '/model' }),
      env: { NOTE: note },
      autoscaling,
      resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } },
      ...more,
    } as ModelServerProps);
    app.synth();
    return app.outdir;
  };
  const keda = (more: object = {}): Autoscaling => ({
    min: 1,
    max: 4,
    on: 'queue',
    target: 3,
    behavior: { down: { after: '1s' } },
    by: {
      keda: {
        prometheus: prometheus.url,
        polling: '1s',
        cooldown: '5s',
        fallback: { replicas: 2, failures: 1 },
        toZero: { waiting: 'gateway_waiting' },
        ...more,
      },
    },
  });
  const hpa: Autoscaling = { min: 1, max: 4, cpu: 60 };
  const release = (autoscaling: Autoscaling, note = 'one', more: Partial<ModelServerProps> = {}): Promise<Course> =>
    course(apply(cluster.engine, manifests(autoscaling, note, more)));
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: NAMESPACE };
  const replicas = async () => {
    const [only] = (await cluster.engine.api.list(deployment)).items;
    return numberAt(only, 'spec', 'replicas');
  };
  /** Every count that the Deployment has while something is done. */
  const countsDuring = async (act: () => Promise<void>) => {
    const stop = new AbortController();
    const counts = new Set<number | undefined>();
    const watching = (async () => {
      for await (const event of cluster.engine.api.watch(deployment, stop.signal)) {
        if (event.type === 'reset') for (const one of event.items) counts.add(numberAt(one, 'spec', 'replicas'));
        if (event.type === 'put') counts.add(numberAt(event.object, 'spec', 'replicas'));
      }
    })().catch(() => undefined);
    await act();
    stop.abort();
    await watching;
    return [...counts];
  };
  const patiently = { timeout: 60_000, interval: 250 };

  it('goes up with the queue that the server reports', async () => {
    load.queue = 9;
    const { exitCode, message } = await release(keda());
    expect([exitCode, message]).toEqual([0, '']);
    await expect.poll(replicas, patiently).toBe(3);
  });

  it('keeps the count over a release', async () => {
    const counts = await countsDuring(async () => {
      const { exitCode, message } = await release(keda(), 'two');
      expect([exitCode, message]).toEqual([0, '']);
    });
    expect(counts).toEqual([3]);
  });

  it('keeps the fallback while Prometheus is away, and a release says so and succeeds', async () => {
    await prometheus.stop();
    onTestFinished(() => prometheus.start());
    await expect.poll(replicas, patiently).toBe(2);
    // The ScaledObject itself changes.
    const { exitCode, message, events } = await release(keda({ polling: '2s' }), 'three');
    expect([exitCode, message]).toEqual([0, '']);
    const warned = events.flatMap((event) =>
      event.type === 'warning' ? [`${event.problem.subject}: ${event.problem.message}`] : [],
    );
    expect(warned).toEqual([expect.stringMatching(/^ScaledObject\/chat-model: .*fallback/)]);
    const seen = await status(cluster.engine, { release: NAME, namespace: NAMESPACE });
    expect(JSON.stringify(seen)).toMatch(/fallback/i);
    expect(await replicas()).toBe(2);
  });

  it('goes down, to zero when nothing waits, and comes back for a request that waits', async () => {
    load.queue = 3;
    await expect.poll(replicas, patiently).toBe(1);
    load.queue = 0;
    await expect.poll(replicas, patiently).toBe(0);
    load.held = 1;
    await expect.poll(replicas, patiently).toBe(1);
  });

  it('loses no replica when it changes to KEDA from an HPA, and back', async () => {
    load.queue = 9;
    load.held = 0;
    await expect.poll(replicas, patiently).toBe(3);
    const counts = await countsDuring(async () => {
      const taking = keda({ takesOver: `${NAME}-model` });
      for (const [autoscaling, hpas] of [
        [hpa, `${NAME}-model`],
        [taking, `${NAME}-model`],
        // Back at once, or over an HPA of KEDA's own.
        [hpa, `${NAME}-model`],
        [taking, `${NAME}-model`],
        [keda(), `keda-hpa-${NAME}-model`],
        [hpa, `${NAME}-model`],
      ] as const) {
        const { exitCode, message } = await release(autoscaling);
        expect([exitCode, message]).toEqual([0, '']);
        await expect
          .poll(() => cluster.kubectl('-n', NAMESPACE, 'get', 'hpa', '-o', 'jsonpath={.items[*].metadata.name}'), patiently)
          .toBe(hpas);
      }
    });
    expect(counts).toEqual([3]);
    const left = await cluster.kubectl('-n', NAMESPACE, 'get', 'scaledobjects', '-o', 'name');
    expect(left).toBe('');
  });

  it('gives the HPA back to KEDA when the release that took it is undone', async () => {
    const taking = keda({ takesOver: `${NAME}-model` });
    expect((await release(taking)).exitCode).toBe(0);
    const counts = await countsDuring(async () => {
      const { result } = await release(hpa, 'broken', { podAnnotations: { 'sim/outcome': 'crash' } });
      expect(result.outcome).toBe('rolled-back');
    });
    expect(counts).toEqual([3]);
    const metrics = ['get', 'hpa', `${NAME}-model`, '-o', 'jsonpath={.spec.metrics[*].type} {.spec.minReplicas}'];
    await expect.poll(() => cluster.kubectl('-n', NAMESPACE, ...metrics).catch(String), patiently).toBe('External External 1');
    await expect.poll(replicas, patiently).toBe(3);
  });

  it('takes no pods away from the stable version of a canary, and does so again after it', async () => {
    const canaried = { strategy: canary({ steps: [50], hold: '25s' }) };
    expect((await release(keda(), 'six', canaried)).exitCode).toBe(0);
    const scaleDown = async () => {
      const path = 'jsonpath={.items[*].spec.behavior.scaleDown.selectPolicy}';
      return cluster.kubectl('-n', NAMESPACE, 'get', 'hpa', '-o', path);
    };
    const released = await countsDuring(async () => {
      const running = release(keda(), 'seven', canaried);
      await expect.poll(scaleDown, patiently).toBe('Disabled');
      load.queue = 1;
      const { exitCode, message } = await running;
      expect([exitCode, message]).toEqual([0, '']);
    });
    expect(released).toEqual([3]);
    await expect.poll(scaleDown, patiently).toBe('Max');
    await expect.poll(replicas, patiently).toBe(1);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = listener().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
