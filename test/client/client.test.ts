import { constants } from 'node:http2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError, clientOver, type KubeApi, systemClock, TransportError } from '../../lib/client';
import type { KubeObject } from '../../lib/kube/object';
import { cutOff, type FaultServer, fastClient, faultServer, ok, refuse, silent } from './fault-server';

const object: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'model', namespace: 'fraud' },
  spec: {},
};
const name = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'fraud', name: 'model' };

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
const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => value,
    (error: unknown) => error,
  );
const delays = () => api.waits.filter((ms) => ms < 10_000);

describe('requests', () => {
  it.each<[string, () => Promise<unknown>, string, string, string?]>([
    ['get', () => api.get(name), 'GET', '/apis/apps/v1/namespaces/fraud/deployments/model'],
    [
      'apply',
      () => api.apply(object, { force: true, dryRun: true }),
      'PATCH',
      '/apis/apps/v1/namespaces/fraud/deployments/model?fieldManager=cdk8s-serving&fieldValidation=Strict&dryRun=All&force=true',
      'application/apply-patch+yaml',
    ],
    [
      'apply as another manager',
      () => api.apply(object, { fieldManager: 'me' }),
      'PATCH',
      '/apis/apps/v1/namespaces/fraud/deployments/model?fieldManager=me&fieldValidation=Strict',
      'application/apply-patch+yaml',
    ],
    [
      'create',
      () => api.create(object),
      'POST',
      '/apis/apps/v1/namespaces/fraud/deployments?fieldManager=cdk8s-serving&fieldValidation=Strict',
      'application/json',
    ],
    [
      'replace',
      () => api.replace(object),
      'PUT',
      '/apis/apps/v1/namespaces/fraud/deployments/model?fieldManager=cdk8s-serving&fieldValidation=Strict',
      'application/json',
    ],
    [
      'merge',
      () => api.merge(name, {}),
      'PATCH',
      '/apis/apps/v1/namespaces/fraud/deployments/model?fieldManager=cdk8s-serving&fieldValidation=Strict',
      'application/merge-patch+json',
    ],
    [
      'list',
      () => api.list({ apiVersion: 'v1', kind: 'Pod', labelSelector: 'a=b,c' }),
      'GET',
      '/api/v1/pods?labelSelector=a%3Db%2Cc&limit=500',
    ],
    [
      'logs',
      () => api.logs({ namespace: 'fraud', name: 'p' }, { container: 'c', tailLines: 5, previous: true }),
      'GET',
      '/api/v1/namespaces/fraud/pods/p/log?container=c&tailLines=5&previous=true',
    ],
  ])('%s', async (_, work, method, path, type) => {
    server.script(ok(object));
    await work();
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({ method, path });
    expect(server.seen[0]?.headers['content-type']).toBe(type);
    expect(server.seen[0]?.headers['user-agent']).toMatch(/^cdk8s-serving\/\d/);
  });

  it('sends every field of an object, known or not', async () => {
    const odd = { ...object, spec: { x: { y: null, z: [] } }, other: 1 };
    server.script(ok(odd));
    expect(await api.apply(odd)).toEqual(odd);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(odd);
  });

  it('puts all conditions of a delete into its body, where the API server looks', async () => {
    server.script(ok({}));
    await api.remove(name, { uid: 'u', resourceVersion: '7', dryRun: true, propagation: 'Foreground', gracePeriodSeconds: 0 });
    expect(server.seen[0]).toMatchObject({ method: 'DELETE', path: '/apis/apps/v1/namespaces/fraud/deployments/model' });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({
      preconditions: { uid: 'u', resourceVersion: '7' },
      dryRun: ['All'],
      propagationPolicy: 'Foreground',
      gracePeriodSeconds: 0,
    });
  });

  it('follows the pages of a list, and begins again when their snapshot is gone', async () => {
    const page = (names: string[], next?: string) =>
      ok({
        items: names.map((item) => ({ metadata: { name: item } })),
        metadata: { resourceVersion: '9', ...(next ? { continue: next } : {}) },
      });
    server.script(page(['a'], 'n1'), refuse(410), page(['a', 'b'], 'n2'), page(['c']));
    const list = await api.list({ apiVersion: 'v1', kind: 'Pod' });
    expect(list).toEqual({
      items: ['a', 'b', 'c'].map((item) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: item } })),
      resourceVersion: '9',
    });
    expect(server.seen.map(({ path }) => path.replace(/.*limit=500/, ''))).toEqual(['', '&continue=n1', '', '&continue=n2']);
  });

  it.each([{}, [], null, 1, { ...object, metadata: null }, { ...object, metadata: { name: 'model', labels: { a: 1 } } }])(
    'takes no %j for an object',
    async (odd) => {
      server.script(ok(odd), ok(object));
      expect(await api.get(name)).toEqual(object);
    },
  );

  it('passes on what the server warns about', async () => {
    const warnings: string[] = [];
    const warned = clientOver(server.transport(), { onWarning: (text) => warnings.push(text) });
    server.script((stream) => {
      stream.respond({ ':status': 200, warning: '299 - "batch/v1beta1 is gone, use \\"batch/v1\\""' });
      stream.end(JSON.stringify(object));
    });
    await warned.get(name);
    expect(warnings).toEqual(['batch/v1beta1 is gone, use \\"batch/v1\\"']);
    await warned.close();
  });
});

describe('faults', () => {
  it('waits as long as Retry-After says', async () => {
    server.script(refuse(429, {}, { 'retry-after': '3' }), refuse(503, {}, { 'retry-after': '1' }), ok(object));
    expect(await api.create(object)).toEqual(object);
    expect(delays()).toEqual([3000, 1000]);
  });

  it.each([
    ['500', refuse(500, { message: 'etcdserver: leader changed' })],
    ['502', refuse(502)],
    ['503', refuse(503)],
    ['504', refuse(504)],
    ['a cut connection', cutOff],
    [
      'half an answer that ends like a whole one',
      ((stream) => stream.respond({ ':status': 200 }) === undefined && stream.end('{"kind"')) as typeof cutOff,
    ],
    ['GOAWAY', ((stream) => stream.session?.goaway(constants.NGHTTP2_INTERNAL_ERROR)) as typeof cutOff],
  ])('repeats reads and applies after %s, a little later each time', async (_, fault) => {
    server.script(fault, fault, ok(object));
    expect(await api.apply(object)).toEqual(object);
    expect(delays()).toEqual([50, 100]);
    server.script(fault, ok(object));
    expect(await api.get(name)).toEqual(object);
  });

  it('does not repeat what cannot be done twice, nor what will not get better', async () => {
    server.script(cutOff, ok(object));
    expect(await caught(api.create(object))).toMatchObject({ kind: 'reset', sent: true });
    server.script(
      refuse(500, { message: 'failed to create typed patch object: .spec.x: field not declared in schema' }),
      ok(object),
    );
    expect(await caught(api.apply(object))).toBeInstanceOf(ApiError);
    server.script(refuse(422, { reason: 'Invalid' }), ok(object));
    expect(await caught(api.apply(object))).toMatchObject({ status: 422 });
    expect(server.seen).toHaveLength(3);
  });

  it('repeats even a POST that the server has not looked at', async () => {
    server.script((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM), ok(object));
    expect(await api.create(object)).toEqual(object);
  });

  it('repeats a write that lost the race for the counter of a quota', async () => {
    server.script(refuse(409, { reason: 'Conflict', details: { kind: 'resourcequotas' } }), ok(object));
    expect(await api.create(object)).toEqual(object);
  });

  it('says that a conflict may be the echo of its own lost write', async () => {
    server.script(cutOff, refuse(409, { reason: 'Conflict', message: 'the object has been modified' }));
    expect(await caught(api.replace(object))).toMatchObject({ status: 409, stale: true, ambiguous: true });
    server.script(refuse(409, { reason: 'Conflict' }));
    expect(await caught(api.replace(object))).toMatchObject({ ambiguous: false });
  });

  it('gives an answer that does not come up at its deadline, and says how long it waited for what', async () => {
    api = fastClient(server, { deadlineMs: 2000 });
    server.script(silent);
    const error = await caught(api.get(name));
    expect(error).toMatchObject({ kind: 'timeout' });
    expect(String(error)).toContain('get Deployment/model in fraud: no answer in time: nothing within 2 s');
    server.script((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('{');
    });
    expect(await caught(api.get(name))).toMatchObject({ kind: 'timeout' });
  });

  it('stops repeating when its time is up, and reports the last failure', async () => {
    api = fastClient(server, { retryMs: 1000 });
    server.script(refuse(503, { message: 'apiserver is shutting down' }));
    expect(await caught(api.get(name))).toMatchObject({
      status: 503,
      message: expect.stringContaining('apiserver is shutting down'),
    });
    expect(delays().reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(1000);
  });

  it('ends reads with their signal as well', async () => {
    const { signal } = { signal: AbortSignal.abort() };
    server.script(ok({}));
    const reads = [
      api.get(name, { signal }),
      api.list(name, { signal }),
      api.logs({ ...name }, { signal }),
      api.may('get', name, { signal }),
    ];
    for (const read of reads) expect(await caught(read)).toMatchObject({ kind: 'aborted' });
  });

  it('ends with its signal, also between two attempts', async () => {
    const stop = new AbortController();
    server.script(silent);
    const waiting = caught(api.apply(object, { signal: stop.signal }));
    await expect.poll(() => server.seen.length).toBe(1);
    stop.abort();
    expect(await waiting).toMatchObject({ kind: 'aborted' });
    const second = new AbortController();
    server.script(refuse(429, {}, { 'retry-after': '20' }));
    const pausing = caught(api.apply(object, { signal: second.signal }));
    await expect.poll(() => delays().length).toBe(0);
    second.abort();
    expect(await pausing).toBeInstanceOf(Error);
  });

  it('fails at once when nobody ever answered at this address, and is patient with one that has', async () => {
    const nobody = clientOver({
      send: () => Promise.reject(new TransportError('refused', 'ECONNREFUSED', 'https://x', false)),
      close: async () => {},
    });
    expect(String(await caught(nobody.get(name)))).toContain(
      'get Deployment/model in fraud: the API server could not be reached: ECONNREFUSED',
    );
    let count = 0;
    const away = clientOver(
      {
        send: async () => {
          count++;
          if (count === 2 || count === 3) throw new TransportError('refused', 'ECONNREFUSED', 'https://x', false);
          return {
            status: 200,
            headers: {},
            body: (async function* () {
              yield Buffer.from(JSON.stringify(object));
            })(),
          };
        },
        close: async () => {},
      },
      { clock: { ...systemClock, now: () => 0, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) } },
    );
    await away.get(name);
    await away.apply(object);
    expect(count).toBe(4);
  });
});

describe('answers', () => {
  it('takes a missing object for nothing, and a missing kind for an error', async () => {
    server.script(refuse(404, { reason: 'NotFound', details: { name: 'model', kind: 'deployments' } }));
    expect(await api.get(name)).toBeUndefined();
    await api.remove(name);
    expect(await caught(api.apply(object))).toMatchObject({ status: 404 });
    server.script((stream) => {
      stream.respond({ ':status': 404 });
      stream.end('404 page not found\n');
    });
    for (const work of [api.list(name), api.apply(object)]) {
      expect(await caught(work)).toMatchObject({ problems: [{ code: 'KIND_NOT_SERVED', subject: 'apps/v1 Deployment' }] });
    }
    expect(await api.get(name)).toBeUndefined();
    await api.remove(name);
  });

  it.each([
    ['name', { ...object, metadata: { ...object.metadata, name: 'other' } }],
    ['namespace', { ...object, metadata: { ...object.metadata, namespace: 'kube-system' } }],
    ['no namespace', { ...object, metadata: { name: 'model' } }],
    ['kind', { ...object, kind: 'StatefulSet' }],
    ['group', { ...object, apiVersion: 'v1' }],
  ])('takes no object that was not asked for: another %s', async (_, other) => {
    server.script(ok(other));
    const works = [
      () => api.get(name),
      () => api.apply(object),
      () => api.create(object),
      () => api.replace(object),
      () => api.merge(name, {}),
    ];
    for (const work of works) expect(await caught(work())).toMatchObject({ kind: 'reset' });
  });

  it('takes no list with objects of another namespace', async () => {
    server.script(ok({ items: [object, { ...object, metadata: { name: 'model', namespace: 'kube-system' } }] }));
    expect(await caught(api.list(name))).toMatchObject({ kind: 'reset' });
    expect(await caught(api.position(name))).toMatchObject({ kind: 'reset' });
  });

  it('lets no value of a Secret into an error', async () => {
    server.script(
      refuse(422, { reason: 'Invalid', message: 'password: got hunter2', details: { causes: [{ message: 'hunter2' }] } }),
    );
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'fraud' },
      stringData: { password: 'hunter2' },
    };
    const { metadata, stringData, ...kind } = secret;
    for (const work of [
      () => api.apply(secret),
      () => api.create(secret),
      () => api.merge({ ...kind, ...metadata }, { stringData }),
    ]) {
      const error = await caught(work());
      expect(error).toMatchObject({ text: 'password: got ***' });
      expect(`${error} ${JSON.stringify(error)}`).not.toContain('hunter2');
    }
  });

  it('asks about permissions', async () => {
    server.script(ok({ status: { allowed: true } }), ok({ status: { allowed: false } }));
    expect(await api.may('patch', { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'fraud', name: 'model' })).toBe(true);
    expect(await api.may('get', { apiVersion: 'v1', kind: 'Secret' })).toBe(false);
    expect(server.seen.map(({ body }) => JSON.parse(body).spec.resourceAttributes)).toEqual([
      { verb: 'patch', group: 'apps', version: 'v1', resource: 'deployments', namespace: 'fraud', name: 'model' },
      { verb: 'get', group: '', version: 'v1', resource: 'secrets' },
    ]);
  });
});
