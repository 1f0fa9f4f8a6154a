import { constants } from 'node:http2';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clientOver, type KubeApi, type WatchEvent } from '../../lib/client';
import { type Answer, events, type FaultServer, fastClient, faultServer, ok, refuse } from './fault-server';

const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'ns', labelSelector: 'a=b' };
const pod = (name: string, version: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'ns', resourceVersion: `${version}` },
});
const put = (name: string, version: number) => ({ type: 'MODIFIED', object: pod(name, version) });
const bookmark = (version: number) => ({
  type: 'BOOKMARK',
  object: { kind: 'Pod', metadata: { resourceVersion: `${version}` } },
});
const listed = (version: number, ...names: string[]) =>
  ok({ items: names.map((name) => pod(name, version)), metadata: { resourceVersion: `${version}` } });
const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' } };
const hold: Answer = () => {};

let server: FaultServer;
let api: KubeApi & { readonly waits: number[] };
beforeEach(async () => {
  server = await faultServer();
  api = fastClient(server);
});
afterEach(async () => {
  await api.close();
  await server.close();
});

/** Follows a watch until it has seen `name`, or to its end. */
const follow = async (until: string, watching: KubeApi = api, after?: string): Promise<string[]> => {
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const event of watching.watch(pods, stop.signal, after === undefined ? {} : { after })) {
    seen.push(text(event));
    if (event.type !== 'reset' && event.object.metadata.name === until) stop.abort();
  }
  return seen;
};
const text = (event: WatchEvent) =>
  event.type === 'reset'
    ? `reset ${event.items.map((item) => item.metadata.name)}`
    : `${event.type} ${event.object.metadata.name}`;
const versions = () => server.seen.map(({ path }) => new URL(path, 'http://x').searchParams.get('resourceVersion'));

it('lists, then watches from there, with bookmarks and an end', async () => {
  server.script(
    listed(5, 'a', 'b'),
    events([{ type: 'ADDED', object: pod('c', 6) }, put('a', 7), { type: 'DELETED', object: pod('b', 8) }, put('end', 9)], hold),
  );
  expect(await follow('end')).toEqual(['reset a,b', 'put c', 'put a', 'delete b', 'put end']);
  expect(server.seen[1]?.path).toBe(
    '/api/v1/namespaces/ns/pods?resourceVersion=5&allowWatchBookmarks=true&timeoutSeconds=240&watch=true&labelSelector=a%3Db',
  );
});

it('begins after a position without listing what was there, until that is forgotten', async () => {
  server.script(listed(5, 'old'));
  expect(await api.position(pods)).toBe('5');
  expect(server.seen[0]?.path).toBe('/api/v1/namespaces/ns/pods?labelSelector=a%3Db&limit=1');
  server.script(events([put('a', 6), gone]), listed(20, 'a'), events([put('end', 21)], hold));
  expect(await follow('end', api, '5')).toEqual(['reset ', 'put a', 'reset a', 'put end']);
  expect(versions()).toEqual([null, '5', null, '20']);
});

it.each<[string, Answer]>([
  ['ended by the server', events([put('a', 6), bookmark(7)])],
  ['cut', events([put('a', 6), bookmark(7)], (_, __, cut) => setTimeout(cut, 5))],
  ['reset', events([put('a', 6), bookmark(7)], (stream) => setTimeout(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR), 5))],
  ['cut in the middle of a line', events([put('a', 6), bookmark(7), '{"type":"ADDED","obj'], (_, __, cut) => setTimeout(cut, 5))],
  ['an internal error', events([put('a', 6), bookmark(7), { type: 'ERROR', object: { kind: 'Status', code: 500 } }])],
])('resumes a watch from the last version it knows: %s', async (_, fault) => {
  server.script(listed(5), fault, events([put('end', 8)], hold));
  expect(await follow('end')).toEqual(['reset ', 'put a', 'put end']);
  expect(versions()).toEqual([null, '5', '7']);
});

it.each<[string, Answer]>([
  ['as HTTP status', refuse(410, { reason: 'Gone' })],
  ['as an event', events([gone])],
])('lists again when the version is gone: 410 %s', async (_, answer) => {
  server.script(listed(5, 'a', 'b'), answer, listed(20, 'a'), events([put('end', 21)], hold));
  expect(await follow('end')).toEqual(['reset a,b', 'reset a', 'put end']);
  expect(versions()).toEqual([null, '5', null, '20']);
});

it('begins a watch afresh that has been silent for longer than it should last', async () => {
  server.script(listed(5), events([bookmark(6)], hold), events([put('end', 7)], hold));
  expect(await follow('end')).toEqual(['reset ', 'put end']);
  expect(api.waits).toContain((240 + 30) * 1000);
  expect(versions()).toEqual([null, '5', '6']);
});

it('goes on when a proxy answers in its own words', async () => {
  server.script(listed(5), events(['<html>\n']), events([put('end', 6)], hold));
  expect(await follow('end')).toEqual(['reset ', 'put end']);
});

it('slows down while the server turns it away', async () => {
  server.script(listed(5), refuse(429), refuse(503), refuse(500), events([put('end', 6)], hold));
  expect(await follow('end')).toEqual(['reset ', 'put end']);
  expect(api.waits.filter((ms) => ms < 10_000)).toEqual([50, 100]);
});

it('fails when it may not list or watch', async () => {
  server.script(refuse(403, { reason: 'Forbidden' }));
  await expect(follow('end')).rejects.toMatchObject({ status: 403 });
  server.script(listed(5), refuse(403, { reason: 'Forbidden', message: 'no' }));
  await expect(follow('end')).rejects.toThrow('watch Pod in ns: 403 Forbidden: no');
});

it('ends without an error when its signal aborts, whatever it is doing', async () => {
  const stop = new AbortController();
  server.script(listed(5), events([], hold));
  const ended = (async () => {
    const seen: WatchEvent[] = [];
    for await (const event of api.watch(pods, stop.signal)) seen.push(event);
    return seen;
  })();
  await expect.poll(() => server.seen.length).toBe(2);
  stop.abort();
  expect(await ended).toHaveLength(1);
  for await (const event of api.watch(pods, stop.signal)) throw new Error(text(event));
});

it('reads lines however they are cut, also inside a character', async () => {
  const line = Buffer.from(`${JSON.stringify(put('größe-✓', 6))}\n\n${JSON.stringify(put('end', 7))}\n`);
  for (let cut = 0; cut <= line.length; cut++) {
    const bodies = [[Buffer.from('{"metadata":{"resourceVersion":"5"}}')], [line.subarray(0, cut), line.subarray(cut)]];
    const pieces = clientOver({
      send: async () => ({ status: 200, headers: {}, body: Readable.from(bodies.shift() ?? []) }),
      close: async () => {},
    });
    expect(await follow('end', pieces)).toEqual(['reset ', 'put größe-✓', 'put end']);
  }
});

it('ends without an error when its signal aborts before the first list has come', async () => {
  server.script(hold);
  const stop = new AbortController();
  const ended = (async () => {
    for await (const event of api.watch(pods, stop.signal)) throw new Error(text(event));
  })();
  await expect.poll(() => server.seen.length).toBe(1);
  stop.abort();
  await ended;
});

it('misses nothing and invents nothing on a connection that breaks at random', async () => {
  // The server's truth: a history of versions; a client that resumes at n must get everything after n.
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), cut: fc.integer({ min: 0, max: 3 }) }), { maxLength: 25 }),
      async (steps) => {
        const history = [
          ...steps.map(({ name, cut }, i) => ({ line: put(name, i + 6), cut })),
          { line: put('end', steps.length + 6), cut: 0 },
        ];
        server.script((stream, { path }, cutConnection) => {
          const from = new URL(path, 'http://x').searchParams.get('resourceVersion');
          if (from === null) return listed(5)(stream, { method: '', path, headers: {}, body: '' }, cutConnection);
          const rest = history.slice(Number(from) - 5);
          const upTo = rest.findIndex(({ cut }) => cut === 3) + 1;
          const lines = (upTo > 0 ? rest.slice(0, upTo) : rest).map(({ line }) => line);
          const broken = upTo > 0 ? [...lines, '{"type":"MODI'] : lines;
          events(broken, upTo > 0 ? (_, __, cut) => setTimeout(cut, 1) : hold)(
            stream,
            { method: '', path, headers: {}, body: '' },
            cutConnection,
          );
        });
        expect(await follow('end')).toEqual(['reset ', ...steps.map(({ name }) => `put ${name}`), 'put end']);
      },
    ),
    { numRuns: 20 },
  );
});
