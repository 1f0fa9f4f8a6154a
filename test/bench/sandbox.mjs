// How fast the sandbox is: 500 objects released and ready on the virtual clock, and one release (the fraud model's stack, upgraded
// past its gate). CPU time after warm-up rounds, medians. Needs `npm run build`.
//   node test/bench/sandbox.mjs [--rounds 15]
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { budget, median } from './compare.mjs';

const require = createRequire(import.meta.url);
const { rehearsal, asFiles } = require('../../build/lib/testing/index.js');
const { apply } = require('../../build/lib/release/index.js');
const { parseAllDocuments } = require('yaml');
const rounds = Number(parseArgs({ options: { rounds: { type: 'string' } } }).values.rounds ?? 15);

const dist = join(import.meta.dirname, '../../dist/staging/fraud-model');
const stack = (version) =>
  ['30-fraud-model.k8s.yaml', 'gates/90-pre-upgrade-validate.k8s.yaml'].flatMap((file) => {
    // Names that follow from the content change with it.
    const hashed = (name) => name.replace(/[0-9a-f]{10}$/, version.replace(/\W/g, ''));
    const text = readFileSync(join(dist, file), 'utf8').replaceAll('v2.2.0-rc1', version);
    return parseAllDocuments(text.replaceAll(/fraud-model-[0-9a-f]{10}/g, hashed)).map((document) => document.toJS());
  });
const many = Array.from({ length: 100 }, (_, i) => {
  const [labels, metadata] = [{ app: `m-${i}` }, { name: `m-${i}`, namespace: 'many', labels: { app: `m-${i}` } }];
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'registry.test/m:v1' }] } };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'b' } },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 80 }] } },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 1, selector: { matchLabels: labels }, template } },
  ];
}).flat();

/** Milliseconds of CPU that the last of these releases takes. */
async function cpu(folders, options) {
  const nonceOf = (pod) => pod.spec.containers.flatMap(({ env = [] }) => env).find(({ name }) => name === 'GATE_NONCE')?.value;
  const report = (pod) => JSON.stringify({ v: 1, nonce: nonceOf(pod), metrics: { auc: 0.95, latencyP99Ms: 90 }, samples: 20000 });
  const here = rehearsal({
    read: (path) => asFiles(folders[Number(path)]),
    podBehavior: (pod) =>
      pod.metadata.labels?.['batch.kubernetes.io/job-name'] ? { terminationMessage: report(pod) } : undefined,
  });
  let before = process.cpuUsage();
  for (const index of folders.keys()) {
    before = process.cpuUsage();
    const { result } = await here.runRelease(apply(here.engine(), String(index), { ...options, ignoreMissing: true }));
    if (result.outcome !== 'succeeded') throw new Error(JSON.stringify(result.problems));
  }
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

const figures = { upgrade: [], many: [] };
for (let round = -3; round < rounds; round++) {
  const upgrade = await cpu([stack('v1.0.0'), stack('v2.0.0')], { createNamespace: true });
  const all = round < 5 ? await cpu([many], { createNamespace: true, release: 'many', namespace: 'many' }) : undefined;
  if (round < 0) continue;
  figures.upgrade.push(upgrade);
  if (all !== undefined) figures.many.push(all);
}
const met = [
  budget('500 objects applied and ready, seconds of CPU', median(figures.many) / 1000, 2),
  budget('one release on the sandbox, milliseconds of CPU', median(figures.upgrade), 50),
];
process.exitCode = met.every(Boolean) ? 0 : 1;
