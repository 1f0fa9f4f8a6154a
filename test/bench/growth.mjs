// How work grows with objects: 500, 2,000 and 5,000 of them, without a cluster and on a real control plane. CPU in user mode, because
// the control plane shares the machine; the exponent says by which power of the objects it grows. Needs ../shared and `npm run build`.
//   node test/bench/growth.mjs [--rounds 1] [--models 100,400,1000]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { budget, median } from './compare.mjs';
import { clusterTool, floor, main, measured, renderModels } from './given.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string' }, models: { type: 'string' } } });
const rounds = Number(values.rounds ?? 1);
const models = (values.models ?? '100,400,1000').split(',').map(Number);
const dir = mkdtempSync(join(tmpdir(), 'serving-growth-'));
const serving = (...args) => [process.execPath, main, ...args];
// A pod each, twice as many during an update, and as many again that the floor leaves to the garbage collector.
const env = {
  ...process.env,
  CLUSTER_CPU_NODES: String(Math.ceil((4 * Math.max(...models)) / 100)),
  KUBECONFIG: join(dir, 'cluster/kubeconfig'),
};

/** What is measured of so many models, in order. */
function steps(count) {
  const first = renderModels(join(dir, `${count}-first.yaml`), `count=${count}`);
  const all = renderModels(join(dir, `${count}-all.yaml`), `count=${count}`, `changed=${count}`, 'changedTag=v2');
  const namespace = ['-n', 'serving'];
  const release = [...namespace, '--release', 'big'];
  return {
    check: serving('check', first),
    graph: serving('graph', first),
    rehearse: serving('rehearse', first, '-n', 'team', '--fail', 'crash'),
    floor: [process.execPath, floor, first, 'floor'],
    'floor-delete': [process.execPath, floor, '--delete', 'floor'],
    install: serving('apply', first, ...release, '--create-namespace'),
    nothing: serving('apply', first, ...release),
    status: serving('status', 'big', ...namespace),
    plan: serving('plan', all, ...release),
    upgrade: serving('apply', all, ...release),
    rollback: serving('rollback', 'big', ...namespace),
    uninstall: serving('uninstall', 'big', ...namespace, '--yes'),
  };
}

const runs = new Map();
try {
  execFileSync(clusterTool, ['up', join(dir, 'cluster')], { env, stdio: 'ignore' });
  for (let round = 0; round < rounds; round++) {
    for (const count of models) {
      for (const [step, command] of Object.entries(steps(count))) {
        // A plan with changes exits with 2.
        const run = measured(command, env, step === 'plan' ? [2] : [0]);
        const key = `${step} ${count}`;
        runs.set(key, [...(runs.get(key) ?? []), run]);
        process.stderr.write(`${key}: ${run.cpu} s of CPU, ${run.seconds.toFixed(1)} s, ${run.megabytes.toFixed(0)} MB\n`);
      }
    }
  }
} finally {
  execFileSync(clusterTool, ['down', join(dir, 'cluster')], { env, stdio: 'ignore' });
  rmSync(dir, { recursive: true, force: true });
}

const figure = (step, count, name) => median(runs.get(`${step} ${count}`).map((run) => run[name]));
const [least, most] = [models[0], models.at(-1)];
const exponent = (step) => Math.log(figure(step, most, 'cpu') / figure(step, least, 'cpu')) / Math.log(most / least);
const names = [...new Set([...runs.keys()].map((key) => key.split(' ')[0]))].filter((name) => !name.startsWith('floor'));
console.log(`\n| step | ${models.map((count) => `${count * 5} objects | memory`).join(' | ')} | exponent |`);
console.log(`|---|${models.map(() => '---|---|').join('')}---|`);
for (const step of names) {
  const cells = models.map(
    (count) => `${figure(step, count, 'cpu').toFixed(2)} s | ${figure(step, count, 'megabytes').toFixed(0)} MB`,
  );
  console.log(`| ${step} | ${cells.join(' | ')} | ${exponent(step).toFixed(2)} |`);
}
console.log('');
const onCluster = names.filter((name) => !['check', 'graph', 'rehearse'].includes(name));
const met = [
  ...names.map((step) => budget(`${step}, exponent of CPU from ${least * 5} to ${most * 5} objects`, exponent(step), 1.1)),
  ...models.map((count) =>
    budget(
      `install of ${count * 5} objects, times the floor`,
      figure('install', count, 'seconds') / figure('floor', count, 'seconds'),
      count <= 100 ? 1.1 : 1.25,
    ),
  ),
  budget(`check of ${most * 5} objects, seconds`, figure('check', most, 'seconds'), 3),
  budget(`check of ${most * 5} objects, MB`, figure('check', most, 'megabytes'), 250),
  budget(`releases of ${most * 5} objects, MB`, Math.max(...onCluster.map((step) => figure(step, most, 'megabytes'))), 160),
];
process.exitCode = met.every(Boolean) ? 0 : 1;
