import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/project';

/** The versions that people run, besides the one that runs this; the package of each carries its binary. */
const VERSIONS = ['22', '24'].filter((version) => !process.version.startsWith(`v${version}.`));
const PACKAGE = `node-${process.platform}-${process.arch}`;

describe('the unit suite', () => {
  for (const version of VERSIONS) {
    it(`passes on Node ${version}`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'node-'));
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
      execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${PACKAGE}@${version}`], {
        cwd: folder,
        stdio: 'pipe',
      });
      const node = join(folder, 'node_modules', PACKAGE, 'bin/node');
      expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(new RegExp(`^v${version}\\.`));
      const args = [
        join(ROOT, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--config',
        'test/vitest.config.mts',
        // The compiler's answers and the explorer's many runs have nothing of the version in them, and take half of the time.
        ...['test/corpus/**', 'test/crash/**'].flatMap((pattern) => ['--exclude', pattern]),
        '--reporter',
        'json',
        '--outputFile',
        join(folder, 'report.json'),
      ];
      const { status, stderr } = spawnSync(node, args, { cwd: ROOT, env: { ...process.env, SUITE: 'unit' }, encoding: 'utf8' });
      expect([status, status === 0 ? '' : stderr.slice(-2000)]).toEqual([0, '']);
    });
  }
});
