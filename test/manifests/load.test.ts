import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ServingError } from '../../lib/errors/problem';
import { keyOf } from '../../lib/kube/object';
import { documentsOf, type SourceFile } from '../../lib/manifests';
import { guess, load, resolve } from '../../lib/manifests/load';
import { systemHost } from '../../lib/release/system-host';

const config = (name: string, more = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;
const file = (text: string, name = 'a.yaml') => ({ file: name, text });
const given = (...files: readonly SourceFile[]) => ({ path: 'dir', files, unread: [], problems: [] });
const problemsOf = async (...files: { file: string; text: string }[]) => {
  const error: unknown = await resolve(given(...files), {}).catch((caught: unknown) => caught);
  return error instanceof ServingError ? error.problems : [];
};

it('reads a folder and its gates, in the order of names, and nothing else in it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'load-'));
  mkdirSync(join(dir, 'gates'));
  mkdirSync(join(dir, 'other'));
  writeFileSync(join(dir, 'b.k8s.yaml'), config('b'));
  writeFileSync(join(dir, 'a.json'), '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}');
  writeFileSync(join(dir, 'README.md'), 'no manifest');
  writeFileSync(join(dir, 'other', 'c.yaml'), config('c'));
  writeFileSync(
    join(dir, 'gates', 'g.yaml'),
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: g, annotations: {cdk8s-serving/gate: before}}\n',
  );
  const desired = await load(dir, systemHost(), { release: 'r', namespace: 'n' });
  expect(desired.objects.map(keyOf)).toEqual(['/ConfigMap/n/a', '/ConfigMap/n/b']);
  expect(desired.gates.map(({ name }) => name)).toEqual(['g']);
  await expect(load(join(dir, 'missing'), systemHost())).rejects.toThrow('MANIFESTS_MISSING');
});

it('puts the release label on every object and a namespace on those that need one', async () => {
  const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n';
  const { objects } = await resolve(given(file(`${config('a', '  labels: {x: w}')}\n---\n${role}`)), {
    release: 'r',
    namespace: 'n',
  });
  expect(objects[0]?.metadata).toEqual({ name: 'a', namespace: 'n', labels: { x: 'w', 'cdk8s-serving/release': 'r' } });
  expect(objects[1]?.metadata.namespace).toBeUndefined();
});

it('takes name and namespace from the manifests', async () => {
  const text = config('a', '  namespace: team\n  labels: {cdk8s-serving/release: fraud}');
  expect(await resolve(given(file(text)), {})).toMatchObject({ release: 'fraud', namespace: 'team' });
  expect(guess(given(file(text)), {})).toEqual({ release: undefined, namespace: 'team' });
  expect(guess(given(file(config('a', '  labels:\n    cdk8s-serving/release: fraud'))), { fallbackNamespace: 'mine' })).toEqual({
    release: 'fraud',
    namespace: 'mine',
  });
  expect(guess(given(file('{\n  "metadata": {\n    "namespace": "team"\n  }}')), { release: 'r' })).toEqual({
    release: 'r',
    namespace: 'team',
  });
});

it('flattens lists, and reads several documents and JSON', async () => {
  const list =
    'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n';
  const text = `# comment\n---\n${list}\n---\n\n---\n# nothing\n---\n{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}\n`;
  const { objects } = await resolve(given(file(text)), { release: 'r', namespace: 'n' });
  expect(objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
});

it('keeps a document in one piece when it only looks like several', async () => {
  const text = `${config('a')}data:\n  text: |\n    first\n    --- not a marker\n    last\n`;
  expect(documentsOf(file(text))).toHaveLength(1);
  const { objects } = await resolve(given(file(text)), { release: 'r', namespace: 'n' });
  expect(objects[0]?.data).toEqual({ text: 'first\n--- not a marker\nlast\n' });
});

it('names every problem at once', async () => {
  const text = `${config('a')}\n---\n${config('a')}\n---\nkind: Nothing\n---\na: [\n`;
  expect((await problemsOf(file(text))).map(({ code }) => code).sort()).toEqual([
    'MANIFEST_DUPLICATE',
    'MANIFEST_INVALID',
    'MANIFEST_UNREADABLE',
    'RELEASE_UNNAMED',
  ]);
  expect(
    await problemsOf(
      file(`${config('a', '  namespace: x\n  labels: {cdk8s-serving/release: r}')}\n---\n${config('b', '  namespace: z')}`),
    ),
  ).toMatchObject([{ code: 'NAMESPACE_AMBIGUOUS', got: ['x', 'z'] }]);
});

it('turns stringData into data, so that ownership of it can be seen', async () => {
  const text = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: eA==, b: eA==}\nstringData: {b: hello}\n';
  const { objects } = await resolve(given(file(text)), { release: 'r', namespace: 'n' });
  expect(objects[0]).toMatchObject({ data: { a: 'eA==', b: 'aGVsbG8=' } });
  expect(objects[0]).not.toHaveProperty('stringData');
});
