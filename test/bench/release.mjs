// Releases 500 objects (peers' `many-models`) with helm 3, helm 4, kubectl and this project, side by side on one control plane, and
// prints medians of alternating rounds as ratios, requests and writes from the API server's audit log, and memory. The floor is the
// same work by the client alone: 500 applies at once, and a watch until the pods are ready. Needs ../shared and `npm run build`.
//   node test/bench/release.mjs [--rounds 5] [tool...]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { budget, median } from './compare.mjs';
import { chart, clusterTool, floor, main, measured, peers, renderModels } from './given.mjs';

const dir = mkdtempSync(join(tmpdir(), 'serving-bench-'));
const [policy, log] = [join(dir, 'policy.yaml'), join(dir, 'audit.log')];
writeFileSync(policy, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n');
const flags = `--audit-policy-file=${policy} --audit-log-path=${log}`;
const env = {
  ...process.env,
  CLUSTER_APISERVER_FLAGS: flags,
  CLUSTER_CPU_NODES: '20',
  KUBECONFIG: join(dir, 'cluster/kubeconfig'),
};
const changed = ['changed=10', 'changedTag=v2'];

const helm = (binary, atomic) => {
  const upgrade = (...set) => [
    join(peers, binary),
    'upgrade',
    'big',
    chart,
    '-n',
    binary,
    atomic,
    '--wait',
    '--timeout',
    '10m',
    ...set,
  ];
  return {
    agent: 'Helm/',
    install: [
      join(peers, binary),
      'install',
      'big',
      chart,
      '-n',
      binary,
      '--create-namespace',
      atomic,
      '--wait',
      '--timeout',
      '10m',
    ],
    nothing: upgrade(),
    changed: upgrade(...changed.flatMap((one) => ['--set', one])),
    uninstall: [join(peers, binary), 'uninstall', 'big', '-n', binary],
  };
};
/** kubectl undoes nothing, gates nothing and deletes nothing that is gone; it is what the plain work costs with plain tools. */
const kubectl = () => {
  const binary = join(execFileSync(clusterTool, ['bin'], { encoding: 'utf8' }).trim(), 'kubectl');
  const run = (...args) => [binary, '-n', 'kubectl', ...args];
  const release = (file) => [
    run('apply', '--server-side', '-f', file),
    run('wait', '--for=condition=Available', 'deployment', '--all', '--timeout=10m'),
  ];
  return {
    agent: 'kubectl/',
    install: [[binary, 'create', 'namespace', 'kubectl'], ...release(files.first)],
    nothing: release(files.first),
    changed: release(files.changed),
    uninstall: [[binary, 'delete', 'namespace', 'kubectl']],
  };
};
const apply = (file) => [process.execPath, main, 'apply', file, '--release', 'big', '-n', 'serving', '--create-namespace'];
const files = { first: renderModels(join(dir, 'first.yaml')), changed: renderModels(join(dir, 'changed.yaml'), ...changed) };
const tools = {
  helm3: helm('helm3', '--atomic'),
  helm4: helm('helm4', '--rollback-on-failure'),
  kubectl: kubectl(),
  serving: {
    agent: 'cdk8s-serving/',
    install: apply(files.first),
    nothing: apply(files.first),
    changed: apply(files.changed),
    uninstall: [process.execPath, main, 'uninstall', 'big', '-n', 'serving', '--yes'],
  },
  floor: {
    agent: 'cdk8s-serving/',
    install: [process.execPath, floor, files.first, 'floor'],
    uninstall: [process.execPath, floor, '--delete', 'floor'],
  },
};
const STEPS = ['install', 'nothing', 'changed', 'uninstall'];
const { values: flagsGiven, positionals } = parseArgs({ options: { rounds: { type: 'string' } }, allowPositionals: true });
const rounds = Number(flagsGiven.rounds ?? 5);
const chosen = positionals.length > 0 ? positionals : Object.keys(tools);

let read = 0;
function requestsOf(agent) {
  const text = readFileSync(log, 'utf8');
  const lines = text
    .slice(read)
    .split('\n')
    .filter((line) => line !== '');
  read = text.length;
  const own = lines.map((line) => JSON.parse(line)).filter(({ userAgent = '' }) => userAgent.startsWith(agent));
  const writes = own.filter(({ verb, requestURI }) => {
    const stores = ['create', 'update', 'patch', 'delete'].includes(verb);
    return stores && !requestURI.includes('dryRun=All') && !requestURI.includes('authorization.k8s.io');
  });
  return { requests: own.length, writes: writes.length };
}

/** One command, or several one after the other: all their time, and the most memory that one of them had at any time. */
function measure(step) {
  const runs = (Array.isArray(step[0]) ? step : [step]).map((command) => measured(command, env));
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  return { seconds, megabytes: Math.max(...runs.map((run) => run.megabytes)) };
}

/** What an uninstall leaves to the garbage collector must not cost the next tool its time. */
async function settled() {
  const { connect } = await import('../../build/lib/release/index.js');
  const api = await connect({ kubeconfig: env.KUBECONFIG });
  while ((await api.list({ apiVersion: 'v1', kind: 'Pod' })).items.length > 0) await sleep(500);
  await api.close();
  await sleep(2000);
}

const runs = new Map();
try {
  execFileSync(clusterTool, ['up', join(dir, 'cluster')], { env, stdio: 'ignore' });
  for (let round = 0; round < rounds; round++) {
    for (const tool of chosen) {
      for (const step of STEPS.filter((name) => tools[tool][name] !== undefined)) {
        requestsOf('');
        const run = { ...measure(tools[tool][step]), ...requestsOf(tools[tool].agent) };
        runs.set(`${tool} ${step}`, [...(runs.get(`${tool} ${step}`) ?? []), run]);
        process.stderr.write(`${round + 1}/${rounds} ${tool} ${step} ${run.seconds.toFixed(2)} s\n`);
      }
      await settled();
    }
  }
} finally {
  execFileSync(clusterTool, ['down', join(dir, 'cluster')], { env, stdio: 'ignore' });
  rmSync(dir, { recursive: true, force: true });
}

/** The median of a figure over all rounds, or nothing when the tool was not run. */
function figure(tool, step, name) {
  const all = runs.get(`${tool} ${step}`);
  return all === undefined ? undefined : median(all.map((run) => run[name]));
}
console.log(`\nMedians of ${rounds} alternating rounds\n`);
console.log('| tool | step | time | ours is faster by | requests | writes | memory |\n|---|---|---|---|---|---|---|');
for (const key of runs.keys()) {
  const [tool, step] = key.split(' ');
  const [seconds, ours] = [figure(tool, step, 'seconds'), figure('serving', step, 'seconds')];
  const ratio = tool === 'serving' || ours === undefined ? '' : `${(seconds / ours).toFixed(1)} ×`;
  const [requests, writes, megabytes] = ['requests', 'writes', 'megabytes'].map((name) => figure(tool, step, name));
  console.log(
    `| ${tool} | ${step} | ${seconds.toFixed(2)} s | ${ratio} | ${requests} | ${writes} | ${megabytes.toFixed(0)} MB |`,
  );
}
console.log('');

const ratio = (tool, step) => figure(tool, step, 'seconds') / figure('serving', step, 'seconds');
const met = [true];
const check = (name, value, limit, kind) => {
  if (value !== undefined && !Number.isNaN(value)) met.push(budget(name, value, limit, kind));
};
check('install, times faster than helm 3', ratio('helm3', 'install'), 8, 'at least');
check('install, times the floor', 1 / ratio('floor', 'install'), 1.1);
check('nothing changed, times faster than helm 3', ratio('helm3', 'nothing'), 100, 'at least');
check('nothing changed, times faster than helm 4', ratio('helm4', 'nothing'), 100, 'at least');
check('nothing changed, writes', figure('serving', 'nothing', 'writes'), 0);
check('nothing changed, requests', figure('serving', 'nothing', 'requests'), 15);
check('10 changed, times faster than helm 3', ratio('helm3', 'changed'), 10, 'at least');
check('10 changed, times faster than helm 4', ratio('helm4', 'changed'), 10, 'at least');
check('10 changed, writes', figure('serving', 'changed', 'writes'), 18);
check(
  'memory of an install, times helm 4',
  figure('serving', 'install', 'megabytes') / figure('helm4', 'install', 'megabytes'),
  1,
);
process.exitCode = met.every(Boolean) ? 0 : 1;
