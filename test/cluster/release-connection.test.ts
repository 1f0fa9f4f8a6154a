import { createServer, connect as dial, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, loadConnection } from '../../lib/client';
import { apply, history, systemHost } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { course, type ReleaseCluster, releaseCluster } from '../release/harness';
import { folder, stack } from '../release/manifests';

describe.skipIf(!hasCluster)('releases over a bad connection', () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  it('comes to its end through a proxy that cuts every connection again and again', async () => {
    const namespace = await cluster.namespace('cut');
    await cluster.apply(stack({ namespace }));
    const admin = loadConnection({ kubeconfig: cluster.kubeconfig });
    const { hostname, port } = new URL(admin.server);
    const sockets = new Set<Socket>();
    const proxy = createServer((socket) => {
      const upstream = dial(Number(port), hostname);
      for (const one of [socket, upstream]) one.on('error', () => one.destroy());
      socket.pipe(upstream).pipe(socket);
      socket.on('close', () => upstream.destroy());
      upstream.on('close', () => socket.destroy());
      sockets.add(socket);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    const own = typeof address === 'object' && address !== null ? address.port : 0;
    const api = await connect({ connection: { ...admin, server: `https://127.0.0.1:${own}` } });
    let cuts = 0;
    const cutting = setInterval(() => {
      for (const socket of sockets) {
        socket.destroy();
        cuts++;
      }
      sockets.clear();
    }, 400);
    const more = Array.from({ length: 30 }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `c${i}`, namespace },
      data: { a: '1' },
    }));
    const released = await course(
      apply({ api, host: systemHost() }, folder(stack({ namespace, version: 'v2', more, sim: { 'ready-delay': '3s' } }))),
    );
    clearInterval(cutting);
    await api.close();
    proxy.close();
    expect(cuts).toBeGreaterThan(3);
    expect(['succeeded', 'rolled-back', 'interrupted']).toContain(released.result.outcome);
    if (released.result.outcome !== 'succeeded') expect(released.message).not.toBe('');
    const next = await cluster.apply(stack({ namespace, version: 'v3' }));
    expect(next.message).toBe('');
    const states = (await history(cluster.engine, { release: 'fraud', namespace })).map(({ state }) => state);
    expect(states.filter((state) => state === 'deployed')).toHaveLength(1);
    expect(states).not.toContain('failed');
  });

  it('tells the truth when its token stops being accepted in the middle, and the next run takes it up', async () => {
    const namespace = await cluster.namespace('token');
    await cluster.apply(stack({ namespace }));
    await cluster.kubectl('-n', namespace, 'create', 'serviceaccount', 'ci');
    await cluster.kubectl(
      'create',
      'clusterrolebinding',
      'ci',
      '--clusterrole=cluster-admin',
      `--serviceaccount=${namespace}:ci`,
    );
    await cluster.kubectl('-n', namespace, 'create', 'secret', 'generic', 'anchor');
    const bound = ['--bound-object-kind=Secret', '--bound-object-name=anchor'];
    const token = (await cluster.kubectl('-n', namespace, 'create', 'token', 'ci', ...bound)).trim();
    const admin = loadConnection({ kubeconfig: cluster.kubeconfig });
    const api = await connect({ connection: { ...admin, auth: { token } } });
    let revoked = false;
    const manifests = folder(stack({ namespace, version: 'v2', sim: { 'ready-delay': '14s' } }));
    const released = await course(apply({ api, host: systemHost() }, manifests), (event) => {
      if (event.type !== 'written' || revoked) return;
      revoked = true;
      void cluster.kubectl('-n', namespace, 'delete', 'secret', 'anchor');
    });
    await api.close();
    expect(released.exitCode).toBe(130);
    expect(released.message).toMatch(/401|Unauthorized/);
    const next = await cluster.apply(stack({ namespace, version: 'v3' }));
    expect(next.message).toBe('');
    expect(next.events.map(({ type }) => type)).toContain('recovering');
  });
});
