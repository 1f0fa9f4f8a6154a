import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../harness/project';

function fixture(program = "module.exports = 'one'") {
  const folder = mkdtempSync(join(tmpdir(), 'serving-cache-'));
  const cache = join(folder, 'cache');
  writeFileSync(join(folder, 'module.js'), program);
  writeFileSync(
    join(folder, 'main.js'),
    `require(${JSON.stringify(join(ROOT, 'build/lib/cli/code-cache.js'))}).useCodeCache(${JSON.stringify(cache)});
console.log(require('./module'));`,
  );
  const run = (env: NodeJS.ProcessEnv = {}) => {
    const child = spawnSync(process.execPath, [join(folder, 'main.js')], { encoding: 'utf8', env: { ...process.env, ...env } });
    return child.stdout + child.stderr;
  };
  const files = () => (existsSync(cache) ? readdirSync(cache, { recursive: true }).map(String) : []);
  return { folder, cache, run, files };
}

it('keeps compiled code, and leaves it alone when nothing is new', () => {
  const { cache, run, files } = fixture();
  expect(run()).toBe('one\n');
  expect(files()).not.toEqual([]);
  const before = files().map((file) => statSync(join(cache, file)).mtimeMs);
  expect(run()).toBe('one\n');
  expect(files().map((file) => statSync(join(cache, file)).mtimeMs)).toEqual(before);
});

it('never runs the code of before, though the file is as long and as old', () => {
  const { folder, run } = fixture();
  const path = join(folder, 'module.js');
  run();
  const { atime, mtime } = statSync(path);
  writeFileSync(path, readFileSync(path, 'utf8').replace('one', 'two'));
  utimesSync(path, atime, mtime);
  expect(run()).toBe('two\n');
});

it('runs without a cache where it is broken, forbidden or switched off', () => {
  const broken = fixture();
  broken.run();
  for (const file of broken.files()) {
    const path = join(broken.cache, file);
    if (statSync(path).isFile()) writeFileSync(path, 'nonsense');
  }
  expect(broken.run()).toBe('one\n');
  const cut = fixture();
  cut.run();
  for (const file of cut.files()) {
    const path = join(cut.cache, file);
    if (statSync(path).isFile()) truncateSync(path, statSync(path).size - 1);
  }
  expect(cut.run()).toBe('one\n');
  const off = fixture();
  expect(off.run({ NODE_DISABLE_COMPILE_CACHE: '1' })).toBe('one\n');
  expect(off.files()).toEqual([]);
  const forbidden = fixture();
  writeFileSync(forbidden.cache, 'a file where the folder would be');
  chmodSync(forbidden.cache, 0o400);
  expect(forbidden.run()).toBe('one\n');
});

it('lets modules do what they can without it', () => {
  const program = `#!/usr/bin/env node
// The last line is a comment, and there is a dynamic import.
module.exports = [typeof require.resolve, __filename.endsWith('module.js'), module.exports === exports, this === exports].join();
import('node:path').then(({ sep }) => console.log(sep === require('node:path').sep));
// end`;
  const { run } = fixture(program);
  expect(run()).toBe('function,true,true,true\ntrue\n');
  expect(run()).toBe('function,true,true,true\ntrue\n');
});

it('tells the place of an error as ever', () => {
  const { run } = fixture("\n  throw new Error('here')");
  expect(run()).toMatch(/module\.js:2/);
});
