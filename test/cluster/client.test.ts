import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError, type Connection, connect, type KubeApi, loadConnection, type WatchEvent } from '../../lib/client';
import { ServingError } from '../../lib/errors/problem';
import type { KubeObject } from '../../lib/kube/object';
import { type Relay, relayTo } from '../client/relay';
import { hasCluster, startCluster, type TestCluster } from '../harness/cluster';

const configMap = (name: string, data: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels: { suite: 'client' } },
  data,
});
const configMaps = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' } as const;

const refusal = async (work: Promise<unknown>): Promise<ApiError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error(`no ApiError: ${error}`);
  return error;
};

describe.skipIf(!hasCluster)('the client on a real API server', () => {
  let cluster: TestCluster;
  let admin: Connection;
  let api: KubeApi;
  let relay: Relay;

  beforeAll(async () => {
    cluster = await startCluster();
    admin = loadConnection({ kubeconfig: cluster.kubeconfig });
    relay = await relayTo(Number(new URL(admin.server).port));
    api = await connect({ connection: admin });
  });
  afterAll(async () => {
    await api?.close();
    await relay?.close();
    await cluster?.down();
  });

  it('tells the server version', async () => {
    expect(await api.serverVersion()).toMatch(/^v1\.\d+\.\d+/);
  });

  it('gets nothing for what is not there, and the raw object for what is', async () => {
    expect(await api.get({ ...configMaps, name: 'absent' })).toBeUndefined();
    const applied = await api.apply(configMap('present', { a: '1' }));
    const got = await api.get({ ...configMaps, name: 'present' });
    expect(got).toEqual(applied);
    expect(got?.metadata.managedFields).toMatchObject([{ manager: 'cdk8s-serving', operation: 'Apply' }]);
  });

  it('stores nothing in a dry run', async () => {
    const result = await api.apply(configMap('dry'), { dryRun: true });
    expect(result.metadata.uid).toBeDefined();
    expect(await api.get({ ...configMaps, name: 'dry' })).toBeUndefined();
  });

  it('refuses unknown fields at once', async () => {
    const error = await refusal(api.apply({ ...configMap('typo'), dta: {} }));
    expect(error.message).toContain('apply ConfigMap/typo in default');
    expect(error.message).toContain('.dta: field not declared in schema');
    const created = await refusal(api.create({ ...configMap('typo'), dta: {} }));
    expect(created).toMatchObject({ status: 400, message: expect.stringContaining('unknown field "dta"') });
  });

  it('names field and manager of a conflict, and takes the field when told to', async () => {
    await api.apply(configMap('shared', { a: 'theirs' }), { fieldManager: 'somebody' });
    const error = await refusal(api.apply(configMap('shared', { a: 'ours' })));
    expect(error).toMatchObject({
      status: 409,
      reason: 'Conflict',
      ambiguous: false,
      stale: false,
      fieldConflict: true,
      causes: [{ field: '.data.a' }],
    });
    expect(error.message).toContain('conflict with "somebody"');
    expect(await api.apply(configMap('shared', { a: 'ours' }), { force: true })).toMatchObject({ data: { a: 'ours' } });
  });

  it('creates once, replaces what it has seen, merges', async () => {
    const created = await api.create(configMap('crud', { a: '1' }));
    expect(await refusal(api.create(configMap('crud')))).toMatchObject({ status: 409, reason: 'AlreadyExists' });
    const replaced = await api.replace({ ...created, data: { a: '2' } });
    expect(await refusal(api.replace({ ...created, data: { a: '3' } }))).toMatchObject({ status: 409, reason: 'Conflict' });
    const name = { ...configMaps, name: 'crud' };
    expect(await api.merge(name, { data: { b: '4' } })).toMatchObject({ data: { a: '2', b: '4' } });
    expect(await refusal(api.merge(name, { metadata: { resourceVersion: replaced.metadata.resourceVersion } }))).toMatchObject({
      status: 409,
    });
  });

  it('applies only to the object it has seen', async () => {
    const seen = await api.apply(configMap('seen'));
    const other = {
      ...configMap('seen'),
      metadata: { ...configMap('seen').metadata, uid: '00000000-0000-0000-0000-000000000000' },
    };
    expect(await refusal(api.apply(other))).toMatchObject({ status: 422, stale: true, fieldConflict: false });
    const gone = { ...other, metadata: { ...other.metadata, name: 'gone' } };
    expect(await refusal(api.apply(gone))).toMatchObject({ status: 409, stale: true });
    const old = { ...other, metadata: { ...configMap('seen').metadata, resourceVersion: '1' } };
    expect(await refusal(api.apply(old))).toMatchObject({ status: 409, stale: true, fieldConflict: false });
    const same = { ...configMap('seen', { a: '1' }), metadata: { ...configMap('seen').metadata, uid: `${seen.metadata.uid}` } };
    expect(await api.apply(same)).toMatchObject({ data: { a: '1' } });
  });

  it('removes only the object it has seen, and does not mind one that is gone', async () => {
    const { metadata } = await api.apply(configMap('doomed'));
    const name = { ...configMaps, name: 'doomed' };
    expect(await refusal(api.remove(name, { uid: '00000000-0000-0000-0000-000000000000' }))).toMatchObject({ status: 409 });
    await api.remove(name, { uid: `${metadata.uid}`, dryRun: true });
    expect(await api.get(name)).toBeDefined();
    await api.remove(name, { uid: `${metadata.uid}` });
    await api.remove(name);
    expect(await api.get(name)).toBeUndefined();
  });

  it('opens one TLS connection for 200 parallel writes, and lists in pages', async () => {
    const one = await connect({ connection: { ...admin, server: `https://127.0.0.1:${relay.port}` } });
    const before = relay.opened();
    const names = Array.from({ length: 600 }, (_, i) => `many-${i}`);
    await Promise.all(names.slice(0, 200).map((name) => one.apply(configMap(name))));
    expect(relay.opened() - before).toBe(1);
    await Promise.all(names.slice(200).map((name) => one.apply(configMap(name))));
    const { items, resourceVersion } = await one.list({ ...configMaps, labelSelector: 'suite=client' });
    expect(items.map((item) => item.metadata.name)).toEqual(expect.arrayContaining(names));
    expect(new Set(items.map((item) => `${item.apiVersion} ${item.kind}`))).toEqual(new Set(['v1 ConfigMap']));
    expect(Number(resourceVersion)).toBeGreaterThan(0);
    expect(relay.opened() - before).toBe(1);
    await one.close();
  });

  it('goes on watching after its connection was cut, without losing anything', async () => {
    const watching = await connect({ connection: { ...admin, server: `https://127.0.0.1:${relay.port}` } });
    const stop = new AbortController();
    const known = new Map<string, unknown>();
    const events: WatchEvent['type'][] = [];
    const ended = (async () => {
      for await (const event of watching.watch({ ...configMaps, labelSelector: 'watched' }, stop.signal)) {
        events.push(event.type);
        if (event.type === 'reset') for (const item of event.items) known.set(item.metadata.name, item.data);
        else if (event.type === 'put') known.set(event.object.metadata.name, event.object.data);
        else known.delete(event.object.metadata.name);
      }
    })();
    const watched = (name: string, a: string) => ({
      ...configMap(name, { a }),
      metadata: { name, namespace: 'default', labels: { watched: '' } },
    });
    for (let i = 0; i < 5; i++) {
      await api.apply(watched('w-1', `${i}`));
      await api.apply(watched('w-2', `${i}`));
      relay.cut();
      await api.remove({ ...configMaps, name: 'w-2' });
    }
    await expect.poll(() => [...known]).toEqual([['w-1', { a: '4' }]]);
    expect(events.filter((type) => type === 'reset')).toHaveLength(1);
    stop.abort();
    await ended;
    await watching.close();
  });

  it('reads logs', async () => {
    const pod = { name: 'talker', namespace: 'default' };
    await api.apply({ apiVersion: 'v1', kind: 'Pod', metadata: pod, spec: { containers: [{ name: 'c', image: 'x:1' }] } });
    await expect.poll(() => api.logs(pod).catch(() => ''), { timeout: 20_000 }).toContain('loading model');
    expect((await api.logs(pod, { tailLines: 1, container: 'c' })).trim().split('\n')).toHaveLength(1);
    expect(await refusal(api.logs({ ...pod, name: 'nobody' }))).toMatchObject({ status: 404 });
  });

  it('logs in with a token, and says what that user may not do', async () => {
    const [token = ''] = readFileSync(join(cluster.dir, 'pki/tokens.csv'), 'utf8').split(',');
    const tester = await connect({ connection: { ...admin, auth: { token } } });
    const error = await refusal(tester.get({ ...configMaps, name: 'present' }));
    expect(error).toMatchObject({ status: 403, reason: 'Forbidden' });
    expect(error.message).toMatch(/^get ConfigMap\/present in default: 403 Forbidden: .*User "tester" cannot get resource/);
    await cluster.kubectl('create', 'role', 'reader', '--verb=get', '--resource=configmaps');
    await cluster.kubectl('create', 'rolebinding', 'reader', '--role=reader', '--user=tester');
    await expect.poll(() => tester.may('get', configMaps)).toBe(true);
    expect(await tester.may('patch', configMaps)).toBe(false);
    expect(await api.may('delete', { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default' })).toBe(true);
    await tester.close();
    const nobody = await connect({ connection: { ...admin, auth: { token: 'wrong' } } });
    expect(await refusal(nobody.serverVersion())).toMatchObject({ status: 401, reason: 'Unauthorized' });
    await nobody.close();
    const acting = await connect({ connection: { ...admin, auth: { ...admin.auth, impersonate: 'tester' } } });
    expect(await acting.may('patch', configMaps)).toBe(false);
    await acting.close();
  });

  it('finds kinds it has never heard of, also when they come later', async () => {
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l', namespace: 'default' } };
    expect((await api.apply(lease)).metadata.uid).toBeDefined();
    const widget = { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'default' } };
    const missing = await api.apply(widget).catch((error: unknown) => error);
    expect(missing instanceof ServingError && missing.problems[0]?.code).toBe('KIND_NOT_SERVED');
    const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    await api.apply({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.org' },
      spec: {
        group: 'example.org',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    });
    await expect
      .poll(
        () =>
          api.apply(widget).then(
            ({ metadata }) => metadata.uid,
            () => undefined,
          ),
        { timeout: 20_000 },
      )
      .toBeDefined();
  });

  it('tells a kind that is not served from an object that is not there', async () => {
    const monitors = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor', namespace: 'default' };
    await expect(api.list(monitors)).rejects.toMatchObject({ problems: [{ code: 'KIND_NOT_SERVED' }] });
    const homeless = { ...configMap('x'), metadata: { name: 'x', namespace: 'nowhere' } };
    expect(await refusal(api.apply(homeless))).toMatchObject({ status: 404, details: { kind: 'namespaces' } });
  });

  it('lets no value of a Secret into an error', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' } };
    const error = await refusal(api.apply({ ...secret, stringData: { password: 123456789 } }));
    expect(error.message).toContain('.stringData.password: expected string');
    expect(JSON.stringify([error.message, error.text, error.causes, error.problems])).not.toContain('123456789');
  });

  it('outlives an API server that is away for some seconds', async () => {
    await cluster.tool('stop', 'kube-apiserver');
    const applied = api.apply(configMap('patient'));
    const read = api.get({ ...configMaps, name: 'present' });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await cluster.tool('start', 'kube-apiserver');
    expect((await applied).metadata.name).toBe('patient');
    expect((await read)?.metadata.name).toBe('present');
  });
});
