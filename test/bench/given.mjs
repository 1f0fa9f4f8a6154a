// What the benchmarks start: this project's build, and what ../shared has beside it.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const here = import.meta.dirname;
const shared = resolve(here, '../../../shared');

/** The command line. */
export const main = resolve(here, '../../build/lib/cli/main.js');
/** Starts and stops control planes. */
export const clusterTool = join(shared, 'cluster/cluster');
/** What the same installs cost without a release tool. */
export const floor = join(here, 'floor.cjs');
/** Models of five objects each, as a chart. */
export const chart = join(shared, 'peers/charts/many-models');

if (!existsSync(clusterTool)) throw new Error('SKIPPED: needs ../shared beside the project');
if (!existsSync(main)) throw new Error('Run `npm run build` first');

/** The folder with helm 3 and helm 4. */
export const peers = execFileSync(join(shared, 'peers/unpack'), { encoding: 'utf8' }).trim();

/** Renders the chart into a file. */
export function renderModels(file, ...set) {
  const args = ['template', 'big', chart, ...set.flatMap((one) => ['--set', one])];
  writeFileSync(file, execFileSync(join(peers, 'helm3'), args, { maxBuffer: 2 ** 28 }));
  return file;
}

/** One command to its end: seconds by the clock, seconds of CPU in user mode, and the most memory it had, in MB. */
export function measured(command, env = process.env, codes = [0]) {
  const options = { env, encoding: 'utf8', maxBuffer: 2 ** 28 };
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync('/usr/bin/time', ['-f', '%U %M', ...command], options);
  if (!codes.includes(status)) throw new Error(`${command.join(' ')}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
  const [cpu, kilobytes] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { seconds: (performance.now() - began) / 1000, cpu, megabytes: kilobytes / 1024, stdout };
}
