import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hasCluster } from '../../harness/cluster';
import { type ReleaseCluster, releaseCluster } from '../../release/harness';
import { publicDirectories } from './directories';
import { installDefinitions, liveThrough, type Row } from './lifecycle';
import { type Reason, reasonFor, table } from './table';

/** Every so-many-th directory; the gate takes a sample, `npm run public-corpus` all of them. */
const STEP = Number(process.env.PUBLIC_STEP ?? (process.env.SUITE === 'public' ? 1 : 24));
const OFFSET = Number(process.env.PUBLIC_OFFSET ?? 3);
/** A file that collects the rows of several runs, each with an offset of its own. */
const COLLECTED = process.env.PUBLIC_ROWS;

const REASONS = parse(readFileSync(join(__dirname, 'reasons.yaml'), 'utf8')) as readonly Reason[];

/** Rows whose refusal or failure nobody has read. */
const unread = (rows: readonly Row[]) =>
  rows.filter((row) => {
    const { verdict } = row;
    return verdict === 'wrong' || ((verdict === 'refused' || verdict === 'failed') && reasonFor(row, REASONS) === undefined);
  });

describe.skipIf(!hasCluster)('directories that others wrote, released', () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster({ CLUSTER_CPU_NODES: '8', CLUSTER_GPU_NODES: '4' });
    await installDefinitions(cluster);
    // Its charts expect nodes with GPUs that take any pod.
    await cluster.kubectl('taint', 'nodes', '--all', 'nvidia.com/gpu-').catch(() => undefined);
  });
  afterAll(() => cluster?.down());

  it('touches nothing of others, leaves nothing but what it names, and refuses for a reason', async () => {
    const directories = publicDirectories();
    const only = process.env.PUBLIC_ONLY?.split(',');
    const rows: Row[] = [];
    for (const [number, directory] of directories.entries()) {
      const name = directory.split('/').at(-1) ?? '';
      if (only === undefined ? number % STEP !== OFFSET % STEP : !only.includes(name)) continue;
      const row = await liveThrough(cluster, directory, number);
      rows.push(row);
      if (COLLECTED !== undefined) appendFileSync(COLLECTED, `${JSON.stringify(row)}\n`);
    }
    if (process.env.SUITE === 'public' && only === undefined) {
      const all = COLLECTED === undefined || !existsSync(COLLECTED) ? rows : collected(COLLECTED);
      const version = await cluster.engine.api.serverVersion();
      writeFileSync(join(__dirname, '../../../docs/public-corpus.md'), table(all, directories.length, version, REASONS));
    }
    expect(unread(rows)).toEqual([]);
    expect(rows.filter(({ verdict }) => verdict === 'released').length).toBeGreaterThan(rows.length / 4);
  });
});

/** The last row of each directory. */
function collected(file: string): readonly Row[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const rows = lines.map((line) => JSON.parse(line) as Row);
  return [...new Map(rows.map((row) => [row.name, row])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
