import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyLine } from '../../../lib/cli/print/history';
import { apply, history } from '../../../lib/release';
import { hasCluster } from '../../harness/cluster';
import { ROOT } from '../../harness/project';
import { course } from '../../release/harness';
import { canaryPicture } from '../canary-picture';
import { canaryFolder, canaryImages, NAMESPACE, RELEASE } from '../canary-stack';
import { lost, recordCanaries, type Surroundings, surroundings } from '../canary-traffic';
import { fixtureImage, type RealCluster, realCluster } from '../real-node';
import { canaryPage } from './canary-page';

describe.skipIf(!hasCluster)('canaries under traffic', () => {
  let cluster: RealCluster;
  let around: Surroundings;
  beforeAll(async () => {
    cluster = await realCluster(() => [...canaryImages(), fixtureImage('client')]);
    around = await surroundings(cluster);
  });
  afterAll(async () => {
    await around?.stop();
    await cluster?.down();
  });

  it('are written down', async () => {
    expect((await course(apply(cluster.engine, canaryFolder('v2.1.0')))).message).toBe('');
    const recording = await recordCanaries(cluster, around);
    expect(lost(recording.sent)).toEqual([]);
    const revisions = await history(cluster.engine, { release: RELEASE, namespace: NAMESPACE });
    const lines = revisions.flatMap((one) => historyLine(one).split('\n')).map((line) => line.trim());
    writeFileSync(join(ROOT, 'docs/canary-under-traffic.md'), canaryPage(recording, lines));
    writeFileSync(join(ROOT, 'docs/canary-under-traffic.svg'), canaryPicture(recording));
  });
});
