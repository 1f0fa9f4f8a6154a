// Plans 500 objects on a control plane: alone (reads and dry runs of all objects), and with all that precedes a release
// (permissions, quotas, nodes, one pod of each template, what the pods refer to). Each plan is a process of its own; prints the
// ratio of user CPU and wall time, and the additional requests. Needs ../shared and `npm run build`.
//   node test/bench/plan.mjs [--rounds 9]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { budget, median } from './compare.mjs';
import { clusterTool } from './given.mjs';

const here = import.meta.dirname;
const require = createRequire(import.meta.url);
const built = resolve(here, '../../build/lib/release');

const NAMESPACE = 'plans';
const { values } = parseArgs({
  options: { rounds: { type: 'string' }, worker: { type: 'string' }, file: { type: 'string' }, kubeconfig: { type: 'string' } },
});

/** 100 models of five objects each. No two pods are the same, and each refers to three objects that the release does not have. */
function fleet() {
  return Array.from({ length: 100 }, (_, i) => {
    const name = `model-${i}`;
    const labels = { app: name };
    const metadata = { name, namespace: NAMESPACE, labels: { ...labels, 'cdk8s-serving/release': 'fleet' } };
    const selector = { matchLabels: labels };
    const server = {
      name: 'server',
      image: `registry.example/model-${i % 7}:1.${i}`,
      args: [`--threads=${i}`],
      env: [
        { name: 'FEATURES', value: `http://features.${NAMESPACE}-shared.svc:80/${i}` },
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: `token-${i}`, key: 'token' } } },
      ],
      ports: [{ name: 'http', containerPort: 8080 }],
      resources: { requests: { cpu: '1m', memory: '1Mi' } },
      readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
    };
    const spec = {
      serviceAccountName: name,
      priorityClassName: 'serving',
      imagePullSecrets: [{ name: `pull-${i}` }],
      containers: [server],
      volumes: [{ name: 'weights', persistentVolumeClaim: { claimName: `weights-${i}` } }],
    };
    const template = { metadata: { labels, annotations: { 'checksum/settings': `${i}`.repeat(8) } }, spec };
    return [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { version: '1' } },
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 80 }] } },
      { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec: { maxUnavailable: 1, selector } },
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 2, selector, template } },
    ];
  }).flat();
}

/** What the pods refer to. */
function surroundings() {
  const claim = { accessModes: ['ReadWriteMany'], storageClassName: 'models', resources: { requests: { storage: '1Gi' } } };
  const storage = { provisioner: 'csi.example', volumeBindingMode: 'WaitForFirstConsumer', metadata: { name: 'models' } };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${NAMESPACE}-shared` } },
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', ...storage },
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'serving' }, value: 1000 },
    service(),
    ...Array.from({ length: 100 }, (_, i) => [
      { apiVersion: 'v1', kind: 'Secret', metadata: meta(`token-${i}`), stringData: { token: 'x' } },
      { apiVersion: 'v1', kind: 'Secret', metadata: meta(`pull-${i}`), stringData: { a: 'x' } },
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta(`weights-${i}`), spec: claim },
    ]).flat(),
  ];
}
const meta = (name) => ({ name, namespace: NAMESPACE });
const service = () => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'features', namespace: `${NAMESPACE}-shared` },
  spec: { ports: [{ port: 80 }] },
});

/** One plan in this process, measured after all modules have loaded. */
async function worker(what) {
  const { connect } = require(join(built, '../client/index.js'));
  const { plan } = require(join(built, 'plan.js'));
  const { survey } = require(join(built, 'planning/survey.js'));
  const { makePlan } = require(join(built, 'planning/make-plan.js'));
  const { systemHost } = require(join(built, 'system-host.js'));
  const host = systemHost();
  const api = await connect({ kubeconfig: values.kubeconfig });
  const engine = { api, host };
  const [began, used] = [performance.now(), process.cpuUsage()];
  if (what === 'alone') await makePlan(api, await survey(engine, host.read(values.file, {}), {}), {});
  else {
    const { problems } = await plan(engine, values.file, {});
    if (problems.length > 0) throw new Error(JSON.stringify(problems.slice(0, 3)));
  }
  const { user } = process.cpuUsage(used);
  console.log(JSON.stringify({ cpu: user / 1e6, wall: (performance.now() - began) / 1000 }));
  await api.close();
}

function bench() {
  const dir = mkdtempSync(join(tmpdir(), 'serving-plan-bench-'));
  const [cluster, policy, log] = [join(dir, 'cluster'), join(dir, 'policy.yaml'), join(dir, 'audit.log')];
  writeFileSync(policy, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n');
  const flags = `--audit-policy-file=${policy} --audit-log-path=${log}`;
  const kubeconfig = join(cluster, 'kubeconfig');
  const env = { ...process.env, CLUSTER_APISERVER_FLAGS: flags, KUBECONFIG: kubeconfig };
  const requests = () => readFileSync(log, 'utf8').split('"userAgent":"cdk8s-serving/').length - 1;
  const write = (name, objects) => {
    const file = join(dir, name);
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    return file;
  };
  const runs = { alone: [], all: [] };
  try {
    execFileSync(clusterTool, ['up', cluster], { env, stdio: 'ignore' });
    const kubectl = join(execFileSync(clusterTool, ['bin'], { encoding: 'utf8' }).trim(), 'kubectl');
    execFileSync(kubectl, ['apply', '-f', write('surroundings.json', surroundings())], { env, stdio: 'ignore' });
    const file = write('fleet.json', fleet());
    for (let round = -1; round < Number(values.rounds ?? 9); round++) {
      for (const what of Object.keys(runs)) {
        const args = [import.meta.filename, '--worker', what, '--file', file, '--kubeconfig', kubeconfig];
        const before = requests();
        const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
        if (status !== 0) throw new Error(stderr);
        if (round >= 0) runs[what].push({ ...JSON.parse(stdout), requests: requests() - before });
      }
    }
  } finally {
    execFileSync(clusterTool, ['down', cluster], { env, stdio: 'ignore' });
    rmSync(dir, { recursive: true, force: true });
  }
  const figure = (what, name) => median(runs[what].map((run) => run[name]));
  for (const what of Object.keys(runs)) {
    const [cpu, wall, requests] = ['cpu', 'wall', 'requests'].map((name) => figure(what, name));
    console.log(`${what}: ${cpu.toFixed(3)} s user, ${wall.toFixed(3)} s, ${requests} requests`);
  }
  const met = [
    budget('plan of 500 objects, user CPU with preflight by without', figure('all', 'cpu') / figure('alone', 'cpu'), 1.3),
    budget('plan of 500 objects, time with preflight by without', figure('all', 'wall') / figure('alone', 'wall'), 1.3),
    budget('plan of 500 objects, requests of the preflight', figure('all', 'requests') - figure('alone', 'requests'), 25),
  ];
  process.exitCode = met.every(Boolean) ? 0 : 1;
}

if (values.worker === undefined) bench();
else await worker(values.worker);
