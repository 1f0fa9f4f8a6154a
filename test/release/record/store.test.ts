import { expect, it } from 'vitest';
import { ApiError, TransportError } from '../../../lib/client/errors';
import type { KubeObject } from '../../../lib/kube/object';
import type { Content, Head } from '../../../lib/release/record/record';
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
  return { store: new Store(api, 'r', 'n'), all, state };
}
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

it('knows its parts, and removes all of them', async () => {
  const { store, all } = secrets();
  await store.writeHead(head, undefined);
  const digests = await store.putContent(content(10));
  await store.keepAside([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'eA==' } }]);
  expect((await store.aside()).map(({ metadata }) => metadata.name)).toEqual(['s']);
  expect([...(await store.parts())].sort()).toEqual([...digests, 'aside'].sort());
  await store.destroy();
  expect(all.size).toBe(0);
});

it('says what to do about a record that somebody has damaged', () => {
  const broken = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cdk8s-serving.r' }, data: {} };
  expect(() => headOf(broken)).toThrow('RECORD_DAMAGED');
});
