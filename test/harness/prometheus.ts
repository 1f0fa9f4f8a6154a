import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { KubeApi } from '../../lib/client';
import { textAt } from '../../lib/kube/fields';
import { type KubeObject, keyOf } from '../../lib/kube/object';
import { installed } from './debian';

/** A real Prometheus, as Debian has it. */
export interface Prometheus {
  readonly url: `http://${string}`;
  /** The value of the first series of a query. */
  value(query: string): Promise<number | undefined>;
  stop(): Promise<void>;
  /** Starts again after a stop, with what it had. */
  start(): Promise<void>;
  /** Stops it and removes what it has stored. */
  close(): Promise<void>;
}

/** Where it listens, and what it scrapes. */
export interface PrometheusOptions {
  /** `127.0.0.1:9090` */
  readonly listen: string;
  /** Scrapes the pods of a namespace that say in annotations that they want it. @default - none */
  readonly pods?: { readonly api: KubeApi; readonly namespace: string };
  /** Scrapes these, with labels. @default - none */
  readonly targets?: readonly Targets[];
}

/** Addresses that are scraped, and the labels that their series get. */
export interface Targets {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Every second, so that the steps of a canary can be short. */
const INTERVAL = '1s';

/** Starts a Prometheus and waits until it responds. */
export async function startPrometheus({ listen, pods, targets = [] }: PrometheusOptions): Promise<Prometheus> {
  installed('prometheus');
  const dir = mkdtempSync(join(tmpdir(), 'serving-prometheus-'));
  const found = join(dir, 'pods.json');
  const stopped = new AbortController();
  writeFileSync(found, '[]');
  if (pods !== undefined) discover(pods.api, pods.namespace, found, stopped.signal).catch(() => undefined);
  const config = {
    global: { scrape_interval: INTERVAL, evaluation_interval: INTERVAL },
    scrape_configs: [
      { job_name: 'pods', file_sd_configs: [{ files: [found] }] },
      ...(targets.length === 0 ? [] : [{ job_name: 'static', static_configs: targets }]),
    ],
  };
  const file = join(dir, 'prometheus.yml');
  writeFileSync(file, stringify(config));
  const url = `http://${listen}` as const;
  let child: ChildProcess | undefined;
  const start = async () => {
    const options = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=${listen}`,
      '--log.level=error',
    ];
    child = spawn('prometheus', options, { stdio: 'ignore' });
    for (let tries = 0; tries < 150; tries++) {
      if ((await fetch(`${url}/-/ready`).catch(() => undefined))?.ok) return;
      await sleep(200);
    }
    throw new Error(`Prometheus does not respond on ${listen}`);
  };
  const stop = async () => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill();
    await ended;
  };
  await start();
  return {
    url,
    start,
    value: async (query) => {
      const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
      const { data } = (await response.json()) as { data: { result: readonly { value: readonly [number, string] }[] } };
      const found = data.result[0]?.value[1];
      return found === undefined ? undefined : Number(found);
    },
    stop,
    close: async () => {
      stopped.abort();
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Keeps a file of the pods that are there: Debian's Prometheus is built without the discovery of Kubernetes. */
async function discover(api: KubeApi, namespace: string, file: string, signal: AbortSignal): Promise<void> {
  const there = new Map<string, KubeObject>();
  for await (const event of api.watch({ apiVersion: 'v1', kind: 'Pod', namespace }, signal)) {
    if (event.type === 'reset') {
      there.clear();
      for (const pod of event.items) there.set(keyOf(pod), pod);
    } else if (event.type === 'put') there.set(keyOf(event.object), event.object);
    else there.delete(keyOf(event.object));
    // Renamed into place, so that Prometheus never reads half of it.
    writeFileSync(`${file}.new`, JSON.stringify([...there.values()].flatMap(targetsOf)));
    renameSync(`${file}.new`, file);
  }
}

function targetsOf(pod: KubeObject): readonly Targets[] {
  const { name, namespace = '', annotations = {} } = pod.metadata;
  const [scrape, port, path = '/metrics'] = ['scrape', 'port', 'path'].map((field) => annotations[`prometheus.io/${field}`]);
  const address = textAt(pod, 'status', 'podIP');
  if (scrape !== 'true' || address === undefined) return [];
  return [{ targets: [`${address}:${port}`], labels: { __metrics_path__: path, namespace, pod: name } }];
}
