import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCluster, SHARED } from '../../harness/cluster';
import { type ReleaseCluster, releaseCluster } from '../../release/harness';
import { liveThrough, publicDirectories, type Row } from './lifecycle';
import { table } from './table';

/** Every so-many-th directory; the gate takes a sample, `npm run public-corpus` all of them. */
const STEP = Number(process.env.PUBLIC_STEP ?? (process.env.SUITE === 'public' ? 1 : 24));

describe.skipIf(!hasCluster)('directories that others wrote, released', () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
    await cluster.kubectl('apply', '--server-side', '-f', join(SHARED, 'crds'));
  });
  afterAll(() => cluster?.down());

  it('touches nothing of others, and leaves nothing but what it names', async () => {
    const rows: Row[] = [];
    for (const [number, directory] of publicDirectories().entries()) {
      if (number % STEP !== Number(process.env.PUBLIC_OFFSET ?? 3) % STEP) continue;
      rows.push(await liveThrough(cluster, directory, number));
      if (process.env.PUBLIC_VERBOSE) console.log(JSON.stringify(rows.at(-1)));
    }
    if (process.env.SUITE === 'public') {
      writeFileSync(
        join(__dirname, '../../../docs/public-corpus.md'),
        table(rows, publicDirectories().length, await cluster.engine.api.serverVersion()),
      );
    }
    expect(rows.filter(({ verdict }) => verdict === 'wrong')).toEqual([]);
    expect(rows.filter(({ verdict }) => verdict === 'released').length).toBeGreaterThan(rows.length / 4);
  });
});
