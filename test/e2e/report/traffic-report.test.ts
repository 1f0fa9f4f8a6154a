import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyLine } from '../../../lib/cli/print/history';
import { apply, history, uninstall } from '../../../lib/release';
import { hasCluster } from '../../harness/cluster';
import { ROOT } from '../../harness/project';
import { course } from '../../release/harness';
import { picture } from '../picture';
import { type RealCluster, realCluster } from '../real-node';
import { failed, type Recording, unproven, wrong } from '../recording';
import { hastyFolder, NAMESPACE, RELEASE, stackFolder } from '../stack';
import { recordHaste, recordTraffic } from '../traffic';
import { helmValidator, recordHelm } from './helm';
import { page } from './page';

const RUNS = 5;
const STEPS_WITH_A_REVISION = 6;
const NAME = { release: RELEASE, namespace: NAMESPACE };

describe.skipIf(!hasCluster)(`${RUNS} runs of a real model under traffic, and one with helm`, () => {
  let cluster: RealCluster;
  const runs: Recording[] = [];
  let lines: readonly string[] = [];
  beforeAll(async () => {
    cluster = await realCluster();
    await cluster.surroundings(NAMESPACE);
  });
  afterAll(() => cluster?.down());

  it.each(Array.from({ length: RUNS }, (_, i) => i + 1))('run %i loses nothing', async () => {
    expect((await course(apply(cluster.engine, stackFolder()))).message).toBe('');
    const recording = await recordTraffic(cluster);
    runs.push(recording);
    lines = (await history(cluster.engine, NAME))
      .slice(-STEPS_WITH_A_REVISION)
      .map((one) => historyLine(one).split('\n')[0] ?? '');
    expect(failed(recording.sent)).toEqual([]);
    expect(wrong(recording.sent)).toEqual([]);
    expect(unproven(recording)).toEqual([]);
  });

  it('is written down', async () => {
    expect((await course(apply(cluster.engine, hastyFolder()))).message).toBe('');
    const haste = await recordHaste(cluster);
    expect((await course(uninstall(cluster.engine, NAME))).exitCode).toBe(0);
    await cluster.build(helmValidator(cluster.datasetCredentials));
    const helm = await recordHelm(cluster);
    const kept = join(ROOT, 'build/traffic');
    mkdirSync(kept, { recursive: true });
    writeFileSync(join(kept, 'measured.json'), JSON.stringify({ runs, haste, helm, history: lines }));
    writeFileSync(join(ROOT, 'docs/serving-under-traffic.md'), page({ runs, haste, helm, history: lines }));
    writeFileSync(join(ROOT, 'docs/serving-under-traffic.svg'), picture(runs.at(-1) as Recording));
  });
});
