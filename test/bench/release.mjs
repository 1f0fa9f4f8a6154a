// Releases 500 objects (peers' `many-models`) with helm 3, helm 4 and this project, side by side on one control plane, and
// prints times as ratios, requests and writes from the API server's audit log, and memory. Needs ../shared and `npm run build`.
//   node test/bench/release.mjs [tool...]
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const here = import.meta.dirname;
const shared = resolve(here, '../../../shared');
const main = resolve(here, '../../build/lib/cli/main.js');
const clusterTool = join(shared, 'cluster/cluster');
if (!existsSync(clusterTool)) throw new Error('SKIPPED: needs ../shared/cluster/cluster beside the project');
if (!existsSync(main)) throw new Error('Run `npm run build` first');

const chart = join(shared, 'peers/charts/many-models');
const peers = execFileSync(join(shared, 'peers/unpack'), { encoding: 'utf8' }).trim();
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
const changed = ['--set', 'changed=10', '--set', 'changedTag=v2'];

const render = (name, ...set) => {
  const file = join(dir, `${name}.yaml`);
  writeFileSync(file, execFileSync(join(peers, 'helm3'), ['template', 'big', chart, ...set], { maxBuffer: 2 ** 26 }));
  return file;
};
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
    changed: upgrade(...changed),
    uninstall: [join(peers, binary), 'uninstall', 'big', '-n', binary],
  };
};
const apply = (file) => [process.execPath, main, 'apply', file, '--release', 'big', '-n', 'serving', '--create-namespace'];
const files = { first: render('first'), changed: render('changed', ...changed) };
const tools = {
  helm3: helm('helm3', '--atomic'),
  helm4: helm('helm4', '--rollback-on-failure'),
  serving: {
    agent: 'cdk8s-serving/',
    install: apply(files.first),
    nothing: apply(files.first),
    changed: apply(files.changed),
    uninstall: [process.execPath, main, 'uninstall', 'big', '-n', 'serving', '--yes'],
  },
};
const STEPS = ['install', 'nothing', 'changed', 'uninstall'];
const chosen = process.argv.slice(2).length > 0 ? process.argv.slice(2) : Object.keys(tools);

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

/** Wall time, and the most memory it had at any time. */
function measure([command, ...args]) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync('/usr/bin/time', ['-f', '%M', command, ...args], {
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return { seconds, megabytes: Number(stderr.trim().split('\n').at(-1)) / 1024 };
}

const rows = [];
try {
  execFileSync(clusterTool, ['up', join(dir, 'cluster')], { env, stdio: 'ignore' });
  for (const tool of chosen) {
    for (const step of STEPS) {
      requestsOf('');
      // A step of a few tenths of a second is measured three times; a minute of helm is not.
      const times = step === 'nothing' && tool === 'serving' ? [1, 2, 3] : [1];
      const runs = times.map(() => ({ ...measure(tools[tool][step]), ...requestsOf(tools[tool].agent) }));
      rows.push({ tool, step, ...runs.sort((a, b) => a.seconds - b.seconds)[Math.floor(runs.length / 2)] });
      process.stderr.write(`${tool} ${step} ${rows.at(-1).seconds.toFixed(2)} s\n`);
    }
  }
} finally {
  execFileSync(clusterTool, ['down', join(dir, 'cluster')], { env, stdio: 'ignore' });
  rmSync(dir, { recursive: true, force: true });
}

const ours = (step) => rows.find((row) => row.tool === 'serving' && row.step === step);
console.log('| tool | step | time | ours is faster by | requests | writes | memory |\n|---|---|---|---|---|---|---|');
for (const { tool, step, seconds, requests, writes, megabytes } of rows) {
  const ratio = tool === 'serving' || !ours(step) ? '' : `${(seconds / ours(step).seconds).toFixed(1)} ×`;
  console.log(
    `| ${tool} | ${step} | ${seconds.toFixed(2)} s | ${ratio} | ${requests} | ${writes} | ${megabytes.toFixed(0)} MB |`,
  );
}
