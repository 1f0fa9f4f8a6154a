import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'hostile-'));
const program = join(dir, 'fuzz.js');

/** What the garbage collector may leave until it collects; together with what Node.js itself takes it stays below 300 MB. */
const HEAP_MIB = 160;

describe('hostile input ends with a value or a problem, within five seconds and 300 MB', { timeout: 180_000 }, () => {
  beforeAll(() => {
    buildSync({
      ...{ entryPoints: [join(__dirname, 'fuzz.ts')], outfile: program },
      ...{ bundle: true, platform: 'node', target: 'node20', logLevel: 'error' },
    });
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it.each([
    ['records', 'as a record, whose journal is then planned without live evidence', 3_000],
    [
      'recordReleases',
      'as a record that releases, repairs and uninstalls start from: only what the directory explains is written',
      120,
    ],
    ['planFiles', 'as a plan file', 3_000],
    ['folders', 'as a directory, also of files that unfold to more than memory holds', 600],
    ['reports', 'as the report of a gate, which never passes without good numbers and the nonce', 3_000],
    ['errors', 'as an error of the API server', 3_000],
    ['answers', 'as answers of the API server, to releases and plans', 120],
  ])('%s: %s', async (name, _title, runs) => {
    const { stdout } = await run(process.execPath, [`--max-old-space-size=${HEAP_MIB}`, program, name, String(runs)]);
    const { slowestMs, rssMiB } = JSON.parse(stdout) as { readonly slowestMs: number; readonly rssMiB: number };
    console.log(`${name}: ${runs} runs, the slowest ${slowestMs} ms, ${rssMiB} MiB`);
    expect(slowestMs).toBeLessThan(5_000);
    expect(rssMiB * 1.048576).toBeLessThan(300);
  });
});
