import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatProblem as line } from '../../lib/errors/problem';
import { readManifests } from '../../lib/manifests';

type Files = Readonly<Record<string, string | Uint8Array>>;

function directory(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'read-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

const config = (name: string, more = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;
const read = (files: Files, recursive = false) => readManifests([directory(files)], { recursive });
const dataOf = async (data: string) => (await read({ 'a.yaml': config('a', `data: ${data}\n`) })).objects[0]?.data;
const faultOf = async (text: string | Uint8Array) => (await read({ 'a.yaml': text })).problems.map(({ message }) => message);

it('merges keys where they stand, as go-yaml does', async () => {
  expect(await dataOf('{base: &b {x: 1, y1: 2}, before: {x: 0, <<: *b}, after: {<<: *b, x: 3}}')).toEqual({
    base: { x: 1, y1: 2 },
    before: { x: 1, y1: 2 },
    after: { x: 3, y1: 2 },
  });
});

it('takes the last of a key that is there twice, and warns', async () => {
  const { objects, warnings } = await read({ 'a.yaml': config('a', 'data: {x: a, x: b}\n') });
  expect(objects[0]?.data).toEqual({ x: 'b' });
  expect(warnings).toMatchObject([{ code: 'MANIFEST_KEY_TWICE', path: 'data.x' }]);
});

it('reads JSON streams, lists, null metadata, CRLF, a byte order mark and UTF-16', async () => {
  const json = (name: string) =>
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}","labels":null,"creationTimestamp":null}}`;
  const list = 'apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: d}\n';
  const { objects, problems } = await read({
    'a.json': `${json('a')}${json('b')}\n`,
    'c.yaml': `\ufeff${config('c', 'data: {x: "1"}\n').replaceAll('\n', '\r\n')}`,
    'd.yaml': list,
    'e.yml': Buffer.from(`\ufeff${config('e')}`, 'utf16le'),
  });
  expect(problems).toEqual([]);
  expect(objects.map(({ metadata }) => metadata)).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => ({ name })));
  expect(objects.map(({ kind }) => kind)).toEqual(Array(5).fill('ConfigMap'));
});

it.each([
  ['latin-1', Buffer.from(config('a', '# caf\u00e9\n'), 'latin1'), 'is not UTF-8 (latin-1 perhaps)'],
  ['a big integer', config('a', 'data: {x: 9007199254740993}\n'), 'is an integer beyond 2^53, which would lose digits'],
  [
    'a big integer in JSON',
    '{"apiVersion":"v1","kind":"C","metadata":{"name":"a"},"x":9007199254740993}',
    'has an integer beyond 2^53, which would lose digits',
  ],
  ['a directive', `%YAML 1.2\n---\n${config('a')}`, 'has a YAML directive, which kubectl does not read'],
  ['a second document after an end', `${config('a')}...\n${config('b')}`, 'goes on after its end (`...`)'],
  ['a merge conflict', `<<<<<<< HEAD\n${config('a')}=======\n>>>>>>> other\n`, 'line 1 has a conflict marker of a merge'],
  ['a generated name', 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: x-}\n', 'a release has to know its objects by name'],
  ['a label that is no text', config('a', '  labels: {a: 1}\n'), 'is no text'],
  [
    'aliases of aliases',
    `a: &a [${'x,'.repeat(40)}]\n${['b', 'c', 'd', 'e'].map((one, i) => `${one}: &${one} [${`*${'abcd'[i]},`.repeat(40)}]\n`).join('')}`,
    'has too many aliases',
  ],
  ['deep nesting', `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'is nested too deeply'],
])('refuses %s by name', async (_name, text, message) => {
  expect(new Set(await faultOf(text))).toEqual(new Set([message]));
});

it('names file, line and path of what it refuses, and quotes no value', async () => {
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  password: "hunter2\n  other: x\n';
  const { problems } = await read({
    's.yaml': `# first\n---\n${secret}`,
    't.yaml': config('t', 'data: {x: 9007199254740993}\n'),
  });
  expect(problems.map(({ subject, path }) => [subject.replace(/.*\//, ''), path])).toEqual([
    ['s.yaml:8', undefined],
    ['t.yaml:5', 'data.x'],
  ]);
  expect(problems.map(line).join()).not.toMatch(/hunter2|9007199254740993/);
});

it('reads no subdirectory but gates, and tells so; with recursive it does', async () => {
  const files = { 'a.yaml': config('a'), 'gates/g.yaml': config('g'), 'sub/deep/b.yaml': config('b'), 'notes/README.md': 'x' };
  const flat = await read(files);
  expect(flat.objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'g']);
  expect(flat.warnings).toMatchObject([{ code: 'DIRECTORY_NOT_READ', got: ['sub'] }]);
  const all = await read(files, true);
  expect([all.objects.length, all.warnings]).toEqual([3, []]);
});

it('finds it wrong that there is nothing to read', async () => {
  expect((await read({ 'sub/a.yaml': config('a') })).problems).toMatchObject([
    { code: 'MANIFESTS_MISSING', remedy: expect.stringContaining('sub') },
  ]);
  expect((await read({ 'a.yaml': '# nothing\n---\n' })).problems).toMatchObject([{ code: 'MANIFESTS_MISSING' }]);
  expect((await readManifests(['/nowhere/at/all'])).problems).toMatchObject([{ code: 'MANIFESTS_MISSING' }]);
});

it('refuses what is no file: pipes, links that lead nowhere, directories with a name of a file', async () => {
  const root = directory({ 'ok.yaml': config('ok'), 'dir.yaml/x.yaml': config('x') });
  execFileSync('mkfifo', [join(root, 'pipe.yaml')]);
  symlinkSync('nowhere', join(root, 'dangling.yaml'));
  symlinkSync('/', join(root, 'loop.yaml'));
  const { objects, problems } = await readManifests([root]);
  expect(objects).toHaveLength(1);
  expect(problems.map(({ subject, message }) => [subject.replace(/.*\//, ''), message])).toEqual([
    ['dangling.yaml', 'is a link to a file that does not exist'],
    ['loop.yaml', 'is a link to a directory'],
    ['pipe.yaml', 'is no regular file'],
    ['dir.yaml', 'is a directory'],
  ]);
});

it('refuses sockets, and files of 700 MB without reading them', { timeout: 5_000 }, async () => {
  const root = directory({ 'ok.yaml': config('ok'), 'large.yaml': '' });
  truncateSync(join(root, 'large.yaml'), 700 * 2 ** 20);
  const server = createServer().listen(join(root, 'socket.yaml'));
  await once(server, 'listening');
  try {
    const before = process.memoryUsage().rss;
    const { objects, problems } = await readManifests([root]);
    expect(objects).toHaveLength(1);
    expect(problems.map(({ subject, message }) => [subject.replace(/.*\//, ''), message])).toEqual([
      ['large.yaml', 'is larger than 64 MiB'],
      ['socket.yaml', 'is no regular file'],
    ]);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  } finally {
    server.close();
  }
});

it('leaves the index alone that synth writes', async () => {
  const { objects, problems } = await read({ 'index.json': '{"dev/a":{"files":{}}}', 'a.yaml': config('a') });
  expect([objects.length, problems]).toEqual([1, []]);
});
