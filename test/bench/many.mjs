// Much of everything: 50 stacks in 10 environments rendered and compiled, 2,000 releases listed, 100 revisions of 500 objects.
// Needs ../shared and `npm run build`.
//   node test/bench/many.mjs [--rounds 3] [--releases 2000] [--revisions 100]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { budget, median } from './compare.mjs';
import { clusterTool, main, measured, renderModels } from './given.mjs';

const { apply, connect, systemHost } = createRequire(import.meta.url)('../../build/lib/release/index.js');
const flags = ['rounds', 'releases', 'revisions'].map((name) => [name, { type: 'string' }]);
const { values } = parseArgs({ options: Object.fromEntries(flags) });
const [rounds, releases, revisions] = [values.rounds ?? 3, values.releases ?? 2_000, values.revisions ?? 100].map(Number);
const NAMESPACES = 20;
const dir = mkdtempSync(join(tmpdir(), 'serving-many-'));
const kubeconfig = join(dir, 'cluster/kubeconfig');
const env = { ...process.env, KUBECONFIG: kubeconfig };
const serving = (...args) => [process.execPath, main, ...args];

/** Medians of a command. */
function timed(command) {
  const runs = Array.from({ length: rounds }, () => measured(command, env));
  const of = (name) => median(runs.map((run) => run[name]));
  return { seconds: of('seconds'), megabytes: of('megabytes') };
}

/** Runs a release to its end. */
async function released(engine, file, options) {
  const stream = apply(engine, file, { createNamespace: true, ...options });
  let step = await stream.next();
  while (step.done !== true) step = await stream.next();
  if (step.value.outcome !== 'succeeded') throw new Error(JSON.stringify(step.value.problems));
}

/** So many releases of one ConfigMap each, in twenty namespaces. */
async function manyReleases(engine) {
  const small = (name, namespace) => {
    const file = join(dir, `${name}.json`);
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'b' } }));
    return released(engine, file, { release: name, namespace });
  };
  // The first of each namespace creates it.
  for (let index = 0; index < NAMESPACES; index++) await small(`small-${index}`, `many-${index}`);
  const rest = Array.from({ length: releases - NAMESPACES }, (_, index) => index + NAMESPACES);
  const lane = async () => {
    for (let index = rest.shift(); index !== undefined; index = rest.shift()) {
      await small(`small-${index}`, `many-${index % NAMESPACES}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

/** So many revisions of 500 objects, ten changed in each. Returns the bytes of the record. */
async function longHistory(api, engine) {
  const options = { release: 'long', namespace: 'long', historyLimit: revisions };
  for (let revision = 1; revision <= revisions; revision++) {
    const file = renderModels(join(dir, 'long.yaml'), 'count=100', 'changed=10', `changedTag=v${revision}`);
    await released(engine, file, options);
  }
  const { items } = await api.list({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: 'long',
    labelSelector: 'cdk8s-serving/record=long',
  });
  return items.reduce((sum, secret) => sum + JSON.stringify(secret).length, 0);
}

const met = [];
try {
  const fifty = ['--app', resolve(import.meta.dirname, 'fifty-stacks.js'), '--out', join(dir, 'dist')];
  measured(serving('synth', ...fifty));
  met.push(budget('50 stacks, 10 environments: synth, seconds', timed(serving('synth', ...fifty)).seconds, 3));
  const one = timed(serving('synth', ...fifty, '--stack', 'fraud-model-7', '--env', 'prod')).seconds;
  const alone = timed(serving('synth', '--stack', 'fraud-model', '--env', 'prod', '--out', join(dir, 'one'))).seconds;
  met.push(budget('one of 500 directories, times the same of a small project', one / alone, 1.25));

  execFileSync(clusterTool, ['up', join(dir, 'cluster')], { env: { ...env, CLUSTER_CPU_NODES: '5' }, stdio: 'ignore' });
  const api = await connect({ kubeconfig });
  const engine = { api, host: systemHost() };
  await manyReleases(engine);
  const listed = timed(serving('list', '-A'));
  met.push(budget(`list of ${releases} releases, seconds`, listed.seconds, 2), budget('its memory, MB', listed.megabytes, 150));
  const bytes = await longHistory(api, engine);
  met.push(
    budget(`record of ${revisions} revisions of 500 objects, MB`, bytes / 1e6, 2),
    budget('its history, seconds', timed(serving('history', 'long', '-n', 'long')).seconds, 0.5),
  );
  await api.close();
} finally {
  execFileSync(clusterTool, ['down', join(dir, 'cluster')], { env, stdio: 'ignore' });
  rmSync(dir, { recursive: true, force: true });
}
process.exitCode = met.every(Boolean) ? 0 : 1;
