import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RULES } from '../lib/checks';
import { ROOT } from './harness/project';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('README', () => {
  it('names files that exist', () => {
    const text = read('README.md') + read('CONTRIBUTING.md');
    for (const [, path = ''] of text.matchAll(/^\| `([a-z.]+\/[\w/.]*)` \|/gm))
      expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
  });

  it('has every folder of lib in the map', () => {
    const folders = execFileSync('git', ['ls-files', 'lib'], { cwd: ROOT, encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((file) => file.split('/').slice(0, 2).join('/'));
    const map = read('CONTRIBUTING.md');
    for (const folder of new Set(folders))
      expect([folder, map.includes(`\`${folder}${/\.\w+$/.test(folder) ? '' : '/'}\``)]).toEqual([folder, true]);
  });

  it('can be read file by file: none of lib has more than 350 lines, half of them fewer than 90', () => {
    const files = execFileSync('git', ['ls-files', 'lib/*.ts'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
    const lines = files.map((file) => [read(file).split('\n').length - 1, file] as const).sort(([a], [b]) => a - b);
    expect(lines.filter(([count]) => count > 350)).toEqual([]);
    expect(lines[Math.floor(lines.length / 2)]?.[0]).toBeLessThan(90);
  });

  it('has a release that reads from top to bottom: its spine has at most 1,000 lines', () => {
    const spine = ['plan', 'apply', 'release', 'write', 'undo', 'commit'].map((verb) => read(`lib/release/${verb}.ts`));
    expect(spine.join('').split('\n').length).toBeLessThan(1_000);
  });

  it('maps every directory of lib/release', () => {
    const row = /^\| `lib\/release\/` .*$/m.exec(read('CONTRIBUTING.md'))?.[0];
    const rooms = readdirSync(join(ROOT, 'lib/release'), { withFileTypes: true }).filter((one) => one.isDirectory());
    for (const { name } of rooms) expect(row).toContain(`\`${name}/\``);
  });

  it('is followed by an architecture page whose files exist', () => {
    const named = [...read('docs/architecture.md').matchAll(/`([\w-]+\/[\w/.-]+|[\w-]+\.ts)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(25);
    for (const path of named.filter((one) => !one.includes('<'))) {
      const found = [path, join('lib/release', path)].some((one) => existsSync(join(ROOT, one)));
      expect([path, found]).toEqual([path, true]);
    }
  });

  it('has the figures that the tests and benchmarks measure', () => {
    const said = read('README.md');
    const figure = (page: string, pattern: RegExp) => pattern.exec(read(page))?.[1] ?? `no figure in ${page}`;
    expect(said).toContain(`${RULES.length} rules`);
    expect(said).toContain(`0 of ${figure('docs/serving-under-traffic.md', /^(\d+) requests\. /m)} lost`);
    expect(said).toContain(`${figure('docs/crash-matrix.md', /After each of the (\d+) runs/)} disturbed releases, 0 wrong`);
    expect(said).toContain(`takes ${figure('docs/speed.md', /^\| ours \| nothing \| ([\d.]+ s) /m)}`);
    expect(said).toContain(`with helm 3 ${figure('docs/speed.md', /^\| helm 3 \| nothing \| ([\d.]+ s) /m)}`);
  });
});
