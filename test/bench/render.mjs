// Rendering, side by side with helm in one run. Ratios of medians; whole processes. Needs ../shared and `npm run build`.
//   node test/bench/render.mjs [--rounds 11]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { budget, compare, show } from './compare.mjs';

const root = new URL('../..', import.meta.url).pathname;
const shared = join(root, '../shared');
if (!existsSync(join(shared, 'peers/unpack'))) throw new Error('SKIPPED: needs ../shared/peers beside the project');
const peers = execFileSync(join(shared, 'peers/unpack'), { encoding: 'utf8' }).trim();
const rounds = Number(parseArgs({ options: { rounds: { type: 'string' } } }).values.rounds ?? 11);

const environments = ['dev', 'staging', 'prod'];
const helm = (version, count = 1) =>
  Array.from({ length: count }).flatMap(() =>
    environments.map((environment) => [
      join(peers, version),
      'template',
      'fraud-model',
      join(shared, 'peers/charts/fraud-model'),
      '-n',
      `team-fraud-${environment}`,
      '-f',
      join(shared, `peers/charts/fraud-model/values-${environment}.yaml`),
    ]),
  );
const out = mkdtempSync(join(tmpdir(), 'bench-'));
const serving = (...args) => [[process.execPath, join(root, 'build/lib/cli/main.js'), 'synth', '--out', out, ...args]];
process.chdir(root);

const one = compare(
  { node: [[process.execPath, '-e', '0']], ours: serving('--stack', 'fraud-model'), helm3: helm('helm3'), helm4: helm('helm4') },
  rounds,
);
show('one stack, three environments, seconds', one);
const ten = compare(
  { ours: serving('--app', join(root, 'test/bench/ten-stacks.js')), helm3: helm('helm3', 10), helm4: helm('helm4', 10) },
  Math.min(rounds, 5),
);
show('ten stacks, three environments, seconds', ten);

/** Node.js 20 compiles all code at each start; later ones keep it. */
const limit = Number(process.versions.node.split('.')[0]) < 22 ? 1.25 : 1;
const met = [
  budget('three environments, against helm 3 three times', one.ours / one.helm3, limit),
  budget('three environments, against helm 4 three times', one.ours / one.helm4, limit),
  budget('ten stacks: helm 3 over ours', ten.helm3 / ten.ours, 5, 'at least'),
  budget('ten stacks: helm 4 over ours', ten.helm4 / ten.ours, 5, 'at least'),
];
process.exitCode = met.every(Boolean) ? 0 : 1;
