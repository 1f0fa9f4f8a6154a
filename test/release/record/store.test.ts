import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ApiError, TransportError } from '../../../lib/client/errors';
import { digestOf } from '../../../lib/kube/digest';
import type { KubeObject } from '../../../lib/kube/object';
import type { Content, Head, Journal, JournalStep } from '../../../lib/release/model/record';
import { pack } from '../../../lib/release/record/packing';
import { headOf, Store } from '../../../lib/release/record/store';
import { fakeApi } from '../fake-api';

/** Secrets by name, with compare-and-swap. `lose` drops the answer of the next write, after it was carried out. */
function secrets() {
  const all = new Map<string, KubeObject>();
  const state = { lose: false, writes: 0 };
  let version = 0;
  const keep = (object: KubeObject): KubeObject => {
    state.writes++;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++version) } };
    all.set(object.metadata.name, stored);
    if (!state.lose) return stored;
    state.lose = false;
    throw new TransportError('reset', 'cut', 'x', true);
  };
  const api = fakeApi({
    get: async ({ name }) => all.get(name),
    create: async (object) => {
      if (all.has(object.metadata.name)) throw new ApiError(409, { reason: 'AlreadyExists' }, 'x');
      return keep(object);
    },
    replace: async (object) => {
      if (all.get(object.metadata.name)?.metadata.resourceVersion !== object.metadata.resourceVersion)
        throw new ApiError(409, {}, 'x');
      return keep(object);
    },
    remove: async ({ name }) => void all.delete(name),
    list: async () => ({
      items: [...all.values()].filter(({ metadata }) => metadata.labels?.['cdk8s-serving/part'] !== 'head'),
      resourceVersion: '',
    }),
  });
  return { store: new Store({ api }, 'r', 'n'), all, state };
}
const JOURNAL: Journal = {
  phase: 'apply',
  steps: [],
  run: 'abc',
  temporary: [],
  revision: {
    revision: 1,
    state: 'deployed',
    action: 'install',
    started: '2026-01-01T00:00:00Z',
    seconds: 1,
    by: 'me',
    plan: 'p',
    changes: { create: 0, change: 0, replace: 0, delete: 0 },
    changed: [],
    versions: [],
    gates: [],
    content: [],
  },
};
const head: Head = { v: 1, release: 'r', namespace: 'n', fence: 3, revisions: [], kinds: [] };
const content = (size: number): Content => ({
  v: 1,
  gates: [],
  objects: [{ manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: noise(size) } }],
});
/** Text that does not compress, the same every time. */
function noise(size: number): string {
  let [text, seed] = ['', 1];
  while (text.length < size) {
    seed = (seed * 48271) % 2147483647;
    text += seed.toString(36);
  }
  return text;
}

it('writes the head over exactly what was read', async () => {
  const { store } = secrets();
  const first = await store.writeHead(head, undefined);
  expect(await store.head()).toEqual(first);
  await store.writeHead({ ...head, fence: 4 }, first.resourceVersion);
  await expect(store.writeHead({ ...head, fence: 5 }, first.resourceVersion)).rejects.toThrow('409');
  expect((await store.head())?.head.fence).toBe(4);
});

it('recognises its own write when only the answer was lost', async () => {
  const { store, state } = secrets();
  state.lose = true;
  const written = await store.writeHead(head, undefined);
  expect(written).toEqual(await store.head());
  state.lose = true;
  await store.putContent(content(10));
  expect(state.writes).toBe(2);
});

it('cuts content that is larger than an object may be, and stores equal content once', async () => {
  const { store, all, state } = secrets();
  const large = content(3_000_000);
  const digests = await store.putContent(large);
  expect(digests.length).toBeGreaterThan(1);
  for (const object of all.values()) expect(JSON.stringify(object.data).length).toBeLessThan(1_048_576);
  expect(await store.content(digests)).toEqual(large);
  const { writes } = state;
  expect(await store.putContent(large)).toEqual(digests);
  expect(state.writes).toBe(writes);
  await store.drop(digests.slice(0, 1));
  await expect(store.content(digests)).rejects.toThrow('RECORD_DAMAGED');
});

const stepOf = (size: number, name = 'a'): JournalStep => {
  const before = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'n' }, data: { text: noise(size) } };
  return { action: 'change', object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'n', name }, before };
};

it('keeps few steps of a journal in the head, and many in parts that fit into an object each', async () => {
  const { store, all } = secrets();
  expect(await store.putSteps([stepOf(10)])).toEqual({ steps: [stepOf(10)] });
  expect(all.size).toBe(0);
  const steps = ['a', 'b', 'c'].map((name) => stepOf(1_000_000, name));
  const journal = { ...JOURNAL, ...(await store.putSteps(steps)) };
  expect(journal.steps).toEqual([]);
  const written = await store.writeHead({ ...head, journal }, undefined);
  for (const object of all.values()) expect(JSON.stringify(object.data).length).toBeLessThan(1_048_576);
  expect(await store.steps((await store.head())?.head.journal ?? JOURNAL)).toEqual(steps);
  expect([...(await store.parts())].sort()).toEqual([...(written.head.journal?.stepParts ?? [])].sort());
});

it('reads the journal of a record of 0.1, which names one part of Secrets', async () => {
  const digest = '0123456789abcdef01234567';
  const read = await headOf(secret({ head: pack({ ...head, journal: { ...JOURNAL, aside: digest } }) }));
  expect(read.journal?.aside).toEqual([digest]);
});

it('keeps content and Secrets that are larger than one piece of a record may be', async () => {
  const { store } = secrets();
  // 60 MB of text that compresses well: more than is unpacked at once.
  const large = { kind: 'ConfigMap', data: { text: 'x'.repeat(1_000_000) } };
  const objects = Array.from({ length: 60 }, (_, i) => ({
    manifest: { ...large, apiVersion: 'v1', metadata: { name: `a${i}` } },
  }));
  const content: Content = {
    v: 1,
    objects,
    gates: [{ manifest: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'g' } } }],
  };
  expect(await store.content(await store.putContent(content))).toEqual(content);
  const kept = ['s', 't'].map((name) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: { a: noise(900_000) } }));
  const aside = await store.keepAside(kept);
  expect(aside.length).toBeGreaterThan(1);
  expect(await store.aside({ ...JOURNAL, aside })).toEqual(kept);
});

it('takes steps in a part for no more than those in the head', async () => {
  const { store, all } = secrets();
  const { stepParts: [digest = ''] = [] } = await store.putSteps([stepOf(500_000)]);
  const [name = '', part] = [...all].find(([one]) => one.endsWith(digest)) ?? [];
  const text = pack([{ action: 'delete' }]);
  if (part) all.set(name, { ...part, data: { part: Buffer.from(text).toString('base64') } });
  await expect(store.steps({ ...JOURNAL, stepParts: [digest] })).rejects.toThrow(/serving repair r -n n.*RECORD_DAMAGED/);
  // With the right digest it is still no step.
  const forged = digestOf(text);
  if (part) all.set(name.replace(digest, forged), { ...part, data: { part: Buffer.from(text).toString('base64') } });
  await expect(store.steps({ ...JOURNAL, stepParts: [forged] })).rejects.toThrow('not readable');
});

it('knows its parts, and removes all of them', async () => {
  const { store, all } = secrets();
  await store.writeHead(head, undefined);
  const digests = await store.putContent(content(10));
  const aside = await store.keepAside([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'eA==' } }]);
  expect((await store.aside({ ...JOURNAL, aside })).map(({ metadata }) => metadata.name)).toEqual(['s']);
  expect([...(await store.parts())].sort()).toEqual([...digests, ...aside].sort());
  await store.destroy();
  expect(all.size).toBe(0);
});

const secret = (data: Readonly<Record<string, string>>, name = 'cdk8s-serving.r'): KubeObject => {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'n' }, data };
};

it.each([
  ['nothing', {}],
  ['no base64', { head: '***' }],
  ['no gzip', { head: Buffer.from('{}').toString('base64') }],
  ['gzip that was cut', { head: pack(head).slice(0, 40) }],
  ['a null revision', { head: pack({ ...head, revisions: [null] }) }],
  ['a revision that is no number', { head: pack({ ...head, revisions: [{ revision: '1' }] }) }],
  ['a step without an object', { head: pack({ ...head, journal: { ...JOURNAL, steps: [{ action: 'delete' }] } }) }],
  ['a run that would widen a selector', { head: pack({ ...head, journal: { ...JOURNAL, run: 'a,b!=c' } }) }],
  ['part names that are not digests', { head: pack({ ...head, revisions: [{ ...JOURNAL.revision, content: ['../x'] }] }) }],
  ['400 MB of one letter', { head: gzipSync(Buffer.alloc(4e8, 'a')).toString('base64') }],
  ['twenty million empty objects', { head: gzipSync(`[${'{},'.repeat(2e7)}{}]`).toString('base64') }],
])('refuses %s as a record, and says how to go on', async (_title, data) => {
  const before = process.memoryUsage().rss;
  await expect(headOf(secret(data))).rejects.toThrow(/serving repair r -n n.*RECORD_DAMAGED/);
  expect(process.memoryUsage().rss - before).toBeLessThan(250e6);
});

it('refuses a step that would restore one object at the address of another', async () => {
  const before = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'admins' } };
  const step = { action: 'change', object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'n', name: 'a' }, before };
  const forged = secret({ head: pack({ ...head, journal: { ...JOURNAL, steps: [step] } }) });
  await expect(headOf(forged)).rejects.toThrow('RECORD_DAMAGED');
});

it('does not take the record of one release for that of another', async () => {
  await expect(headOf(secret({ head: pack(head) }, 'cdk8s-serving.other'))).rejects.toThrow('another release');
  expect(await headOf(secret({ head: pack(head) }))).toEqual(head);
});

it('gives no part the name of a head, whatever releases are called', async () => {
  const { store, all } = secrets();
  await store.putContent(content(10));
  for (const name of all.keys()) expect(name).not.toMatch(/^cdk8s-serving\./);
});

it('takes a part only for what its name says, and writes over one that is something else', async () => {
  const { store, all } = secrets();
  const [digest = ''] = await store.putContent(content(10));
  const [name = '', part] = [...all][0] ?? [];
  const forged = Buffer.from(pack({ v: 1, objects: [], gates: [] })).toString('base64');
  if (part) all.set(name, { ...part, data: { part: forged } });
  await expect(store.content([digest])).rejects.toThrow('RECORD_DAMAGED');
  await store.putContent(content(10));
  expect(await store.content([digest])).toEqual(content(10));
});
