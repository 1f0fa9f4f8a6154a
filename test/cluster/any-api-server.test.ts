import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type KubeApi } from '../../lib/client';
import type { KubeObject } from '../../lib/kube/object';
import { apply, type Engine, history, plan, rollback, systemHost, uninstall } from '../../lib/release';
import { type ApiServer, anyApiServer, apiServerOrigin } from '../harness/api-server';
import { course } from '../release/harness';
import { folder } from '../release/manifests';

const origin = apiServerOrigin();
if (origin === undefined) {
  console.warn('SKIPPED: tests on a real API server. Put ../shared beside the project, or set KUBECONFIG or KUBEBUILDER_ASSETS.');
}

/** What holds on every API server, with or without anything that runs pods: the one named by KUBECONFIG, or one of envtest. */
describe.skipIf(origin === undefined)(`releases on any API server, here from ${origin}`, () => {
  const namespace = `cdk8s-serving-test-${process.pid}`;
  const name = { release: 'plain', namespace };
  let server: ApiServer;
  let api: KubeApi;
  let engine: Engine;
  beforeAll(async () => {
    server = await anyApiServer(origin ?? 'KUBECONFIG');
    api = await connect({ kubeconfig: server.kubeconfig });
    engine = { api, host: systemHost() };
    await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  });
  afterAll(async () => {
    await api?.remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
    await api?.close();
    await server?.down();
  });

  const objects = (version: string): readonly KubeObject[] => [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace }, data: { VERSION: version } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'model', namespace }, spec: { ports: [{ port: 80 }] } },
  ];
  const live = async () => (await api.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', namespace }))?.data;

  it('installs, upgrades, goes back, tells the history, and leaves nothing', async () => {
    expect((await course(apply(engine, folder(objects('v1')), name))).message).toBe('');
    expect((await course(apply(engine, folder(objects('v1')), name))).result.outcome).toBe('unchanged');
    expect((await course(apply(engine, folder(objects('v2')), name))).exitCode).toBe(0);
    expect(await live()).toEqual({ VERSION: 'v2' });
    expect((await course(rollback(engine, name))).exitCode).toBe(0);
    expect(await live()).toEqual({ VERSION: 'v1' });
    expect((await history(engine, name)).map(({ state }) => state)).toEqual(['superseded', 'superseded', 'deployed']);
    expect((await course(uninstall(engine, name))).exitCode).toBe(0);
    expect(await live()).toBeUndefined();
  });

  it('names the field that the API server does not know, and writes nothing', async () => {
    const wrong = folder([{ ...objects('v1')[1], spec: { ports: [{ port: 80, tragetPort: 8080 }] } } as KubeObject]);
    const { plan: planned } = await plan(engine, wrong, name);
    expect(planned.problems.map(({ message }) => message).join()).toContain('tragetPort');
    expect((await course(apply(engine, wrong, name))).exitCode).toBe(3);
    expect(await live()).toBeUndefined();
  });
});
