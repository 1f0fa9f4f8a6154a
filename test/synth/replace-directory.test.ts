import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { differences, healDist, writeDist } from '../../lib/synth/dist';
import type { RenderedStack } from '../../lib/synth/render/render-stack';
import { renderProject } from '../../lib/synth/render-project';
import { heal, prepare, replaceDirectory } from '../../lib/synth/replace-directory';
import { sampleProject } from '../harness/project';

const program = join(mkdtempSync(join(tmpdir(), 'dying-')), 'dying.js');
beforeAll(() => {
  buildSync({ entryPoints: [join(__dirname, 'dying.ts')], outfile: program, bundle: true, platform: 'node', target: 'node20' });
});

const [rendered] = renderProject(sampleProject(), { environments: ['dev'], stacks: ['my-model'], set: [] });
if (rendered === undefined) throw new Error('nothing was rendered');
/** A stack as it is rendered, with other files. */
const stackOf = (stack: string, contents: Readonly<Record<string, string>>): RenderedStack => ({
  ...{ ...rendered, environment: 'prod', stack, images: [] },
  files: Object.entries(contents).map(([path, content]) => ({ path, content, digest: `sha256 of ${content}`, objects: [] })),
});
const OLD = [stackOf('model', { 'a.yaml': 'a1', 'b.yaml': 'b1', 'gates/c.yaml': 'c1' }), stackOf('gone', { 'a.yaml': 'g1' })];
const NEW = [
  stackOf('model', { 'a.yaml': 'a2', 'gates/c.yaml': 'c1', 'gates/d.yaml': 'd2' }),
  stackOf('more', { 'a.yaml': 'm2' }),
];

/** What is below a directory, without what a process has left beside the directories of stacks. */
function contents(folder: string): Readonly<Record<string, string>> {
  const paths = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]).sort() : [];
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}
/** An output directory with the old stacks, and a file of somebody else in one of them. */
function output(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'dist-'));
  writeDist(outdir, differences(outdir, OLD, true));
  writeFileSync(join(outdir, 'prod/model/notes.txt'), 'mine');
  return outdir;
}
const renew = (outdir: string) => {
  healDist(outdir);
  writeDist(outdir, differences(outdir, NEW, true));
};
const dying = (outdir: string, moment: number, how = 'kill') =>
  spawnSync(
    process.execPath,
    [
      program,
      outdir,
      JSON.stringify(NEW.map(({ environment, stack, images, files }) => ({ environment, stack, images, files }))),
      String(moment),
      how,
    ],
    { encoding: 'utf8' },
  );

describe('a synth that is killed, or finds the disk full', () => {
  const done = output();
  const before = contents(done);
  renew(done);
  const after = contents(done);
  const inside = (all: Readonly<Record<string, string>>, stack: string) =>
    Object.fromEntries(Object.entries(all).filter(([path]) => path.startsWith(`prod/${stack}/`)));

  it('leaves the old directory of each stack, the new one, or none, and the next synth heals it', () => {
    const changes = Number(dying(output(), 0).stdout);
    expect(changes).toBeGreaterThan(15);
    for (let moment = 1; moment <= changes; moment++) {
      const outdir = output();
      expect(dying(outdir, moment).signal).toBe('SIGKILL');
      const left = contents(outdir);
      for (const stack of ['model', 'gone', 'more'])
        expect([{}, inside(before, stack), inside(after, stack)], `${stack} at ${moment}`).toContainEqual(inside(left, stack));
      expect([before['index.json'], after['index.json']]).toContain(left['index.json']);
      renew(outdir);
      expect(contents(outdir), `healed after ${moment}`).toEqual(after);
      expect(readdirSync(join(outdir, 'prod')).sort()).toEqual(['model', 'more']);
    }
  }, 120_000);

  it('leaves everything as it was, or the new state, when the disk is full', () => {
    const changes = Number(dying(output(), 0).stdout);
    for (let moment = 1; moment <= changes; moment += 3) {
      const outdir = output();
      expect(dying(outdir, moment, 'ENOSPC').status).toBe(0);
      const left = contents(outdir);
      for (const stack of ['model', 'gone', 'more'])
        expect([{}, inside(before, stack), inside(after, stack)]).toContainEqual(inside(left, stack));
      renew(outdir);
      expect(contents(outdir)).toEqual(after);
    }
  }, 120_000);
});

describe('the directory of a stack', () => {
  it('keeps files that stay, with their times, links and modes', () => {
    const outdir = output();
    const folder = join(outdir, 'prod/model');
    mkdirSync(join(folder, 'empty'));
    symlinkSync('nowhere', join(folder, 'link'));
    chmodSync(folder, 0o2750);
    const then = statSync(join(folder, 'notes.txt'));
    writeDist(outdir, differences(outdir, NEW, true));
    expect(statSync(join(folder, 'notes.txt'))).toMatchObject({ ino: then.ino, mtimeMs: then.mtimeMs });
    expect(readdirSync(folder).sort()).toEqual(['a.yaml', 'empty', 'gates', 'link', 'notes.txt']);
    expect(statSync(folder).mode & 0o777).toBe(0o750);
  });

  it('comes back when it was about to be replaced', () => {
    const outdir = output();
    const target = join(outdir, 'prod/model');
    const prepared = prepare(target, new Map([['a.yaml', 'a3']]));
    expect(readFileSync(join(target, 'a.yaml'), 'utf8')).toBe('a1');
    heal(join(outdir, 'prod'));
    expect(readdirSync(join(outdir, 'prod')).sort()).toEqual(['gone', 'model']);
    expect(() => replaceDirectory(prepared)).toThrow('ENOENT');
    heal(join(outdir, 'prod'));
    expect(readFileSync(join(target, 'a.yaml'), 'utf8')).toBe('a1');
  });
});
