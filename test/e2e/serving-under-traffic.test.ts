import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { course } from '../release/harness';
import { type RealCluster, realCluster } from './real-node';
import { NAMESPACE, stackFolder } from './stack';
import { failed, type Recording, recordTraffic, unproven, wrong } from './traffic';

describe.skipIf(!hasCluster)('a real model on real pods, under traffic', () => {
  let cluster: RealCluster;
  let recording: Recording;
  beforeAll(async () => {
    cluster = await realCluster();
    await cluster.surroundings(NAMESPACE);
  });
  afterAll(() => cluster?.down());

  it('records', async () => {
    const installed = await course(apply(cluster.engine, stackFolder()));
    expect(installed.message).toBe('');
    recording = await recordTraffic(cluster);
    writeFileSync('/tmp/w/e2e/recording.json', JSON.stringify(recording));
    for (const s of recording.steps)
      console.log(
        s.title,
        (s.to - s.from) / 1000,
        s.exitCode,
        s.message.slice(0, 300),
        s.before,
        s.after,
        JSON.stringify(s.gates).slice(0, 400),
      );
    console.log(recording.sent.length, failed(recording).length, wrong(recording).length, unproven(recording).length);
    console.log(JSON.stringify(failed(recording).slice(0, 10)));
    expect(failed(recording)).toEqual([]);
  });
});
