// How soon a release says what the cluster knows: from the last pod ready to the end of the process, and from the failure of a pod
// to the verdict. A watch beside the release tells the moments. Medians of the rounds. Needs ../shared and `npm run build`.
//   node test/bench/latency.mjs [--rounds 5]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { budget, median } from './compare.mjs';
import { clusterTool, main } from './given.mjs';

const { apply, connect, systemHost } = createRequire(import.meta.url)('../../build/lib/release/index.js');
const rounds = Number(parseArgs({ options: { rounds: { type: 'string' } } }).values.rounds ?? 5);
const dir = mkdtempSync(join(tmpdir(), 'serving-latency-'));
const kubeconfig = join(dir, 'cluster/kubeconfig');

/** A Deployment of one pod that behaves as its annotations say. */
function manifests(namespace, sim, image = 'registry.test/model:v1') {
  const labels = { 'app.kubernetes.io/name': 'model' };
  const annotations = Object.fromEntries(Object.entries(sim).map(([key, value]) => [`sim/${key}`, value]));
  const file = join(dir, `${namespace}.json`);
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'model', namespace, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels, annotations }, spec: { containers: [{ name: 'server', image }] } },
      },
    }),
  );
  return file;
}

/** The moment at which an object of a kind first is as asked. */
async function moment(api, kind, namespace, is, signal) {
  for await (const event of api.watch({ ...kind, namespace }, signal)) {
    const objects = event.type === 'reset' ? event.items : event.type === 'put' ? [event.object] : [];
    if (objects.some(is)) return performance.now();
  }
  throw new Error('the watch ended');
}

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const POD = { apiVersion: 'v1', kind: 'Pod' };
const first = (pod) => pod.status?.containerStatuses?.[0];
const isReady = (deployment) => deployment.status?.availableReplicas === 1;
const cannotPull = (pod) => /ErrImagePull|ImagePullBackOff/.test(first(pod)?.state?.waiting?.reason ?? '');
const hasCrashedTwice = (pod) => {
  const { restartCount = 0, state = {} } = first(pod) ?? {};
  return restartCount >= 1 && (state.terminated !== undefined || state.waiting?.reason === 'CrashLoopBackOff');
};

async function readyToExit(api, namespace) {
  const file = manifests(namespace, { 'ready-delay': '1s' });
  const stop = new AbortController();
  const ready = moment(api, DEPLOYMENT, namespace, isReady, stop.signal);
  const args = [main, 'apply', file, '--release', 'latency', '-n', namespace, '--kubeconfig', kubeconfig];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const exit = await new Promise((done) => child.once('exit', (code) => done({ code, at: performance.now() })));
  const at = await ready;
  stop.abort();
  if (exit.code !== 0) throw new Error(`serving apply exited with ${exit.code}`);
  return (exit.at - at) / 1000;
}

async function failureToVerdict(api, namespace, sim, image, isFailed) {
  const stop = new AbortController();
  const failed = moment(api, POD, namespace, isFailed, stop.signal);
  const engine = { api, host: systemHost() };
  const run = apply(engine, manifests(namespace, sim, image), { release: 'latency', namespace });
  let verdict;
  for (let step = await run.next(); !step.done; step = await run.next()) {
    if (step.value.type === 'failed') verdict ??= performance.now();
  }
  const at = await failed;
  stop.abort();
  if (verdict === undefined) throw new Error('the release did not fail');
  return (verdict - at) / 1000;
}

const figures = { exit: [], image: [], crash: [] };
try {
  execFileSync(clusterTool, ['up', join(dir, 'cluster')], { stdio: 'ignore' });
  const api = await connect({ kubeconfig });
  for (let round = 0; round < rounds; round++) {
    const namespaces = Object.fromEntries(Object.keys(figures).map((name) => [name, `latency-${name}-${round}`]));
    for (const name of Object.values(namespaces)) await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    figures.exit.push(await readyToExit(api, namespaces.exit));
    figures.image.push(await failureToVerdict(api, namespaces.image, {}, 'registry.test/model:not-found', cannotPull));
    const crash = { outcome: 'crash', backoff: '300ms' };
    figures.crash.push(await failureToVerdict(api, namespaces.crash, crash, undefined, hasCrashedTwice));
  }
  await api.close();
} finally {
  execFileSync(clusterTool, ['down', join(dir, 'cluster')], { stdio: 'ignore' });
  rmSync(dir, { recursive: true, force: true });
}

const met = [
  budget('last pod ready to exit, seconds', median(figures.exit), 0.3),
  budget('image not found to verdict, seconds', median(figures.image), 3),
  budget('second crash to verdict, seconds', median(figures.crash), 3),
];
process.exit(met.every(Boolean) ? 0 : 1);
