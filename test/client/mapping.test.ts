import { expect, it } from 'vitest';
import { clientOver, type Transport } from '../../lib/client';

const leases = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'ns' };

/** Serves discovery of one group, once it is there, and empty objects. */
const server = () => {
  const asked: string[] = [];
  const state = { installed: true };
  const transport: Transport = {
    send: async ({ path }) => {
      asked.push(path);
      const discovery = path === '/apis/coordination.k8s.io/v1';
      const resources = [
        { name: 'leases/status', kind: 'Lease', namespaced: true },
        { name: 'leases', kind: 'Lease', namespaced: true },
        { name: 'clusterleases', kind: 'ClusterLease', namespaced: false },
      ];
      const body = Buffer.from(JSON.stringify(discovery ? { resources } : {}));
      return {
        status: discovery && !state.installed ? 404 : 200,
        headers: {},
        body: (async function* () {
          yield body;
        })(),
      };
    },
    close: async () => {},
  };
  return { asked, state, api: clientOver(transport) };
};

it('asks nothing about kinds it knows', async () => {
  const { api, asked } = server();
  await api.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ns', name: 'x' });
  await api.get({ apiVersion: 'v1', kind: 'Namespace', name: 'x', namespace: 'ignored' });
  expect(asked).toEqual(['/apis/apps/v1/namespaces/ns/deployments/x', '/api/v1/namespaces/x']);
});

it('asks once about others, however many requests wait for it', async () => {
  const { api, asked } = server();
  await Promise.all([...Array(10).keys()].map((i) => api.get({ ...leases, name: `l${i}` })));
  await api.get({ apiVersion: leases.apiVersion, kind: 'ClusterLease', namespace: 'ns', name: 'x' });
  expect(asked.filter((path) => path === '/apis/coordination.k8s.io/v1')).toHaveLength(1);
  expect(asked).toContain('/apis/coordination.k8s.io/v1/namespaces/ns/leases/l3');
  expect(asked).toContain('/apis/coordination.k8s.io/v1/clusterleases/x');
});

it('asks again about a kind that was not there', async () => {
  const { api, asked, state } = server();
  state.installed = false;
  await expect(api.list(leases)).rejects.toMatchObject({
    problems: [{ code: 'KIND_NOT_SERVED', subject: 'coordination.k8s.io/v1 Lease' }],
  });
  state.installed = true;
  await expect(api.list({ ...leases, kind: 'Lessee' })).rejects.toMatchObject({ problems: [{ code: 'KIND_NOT_SERVED' }] });
  await api.list(leases);
  expect(asked.filter((path) => path === '/apis/coordination.k8s.io/v1')).toHaveLength(3);
});
