import { expect, it } from 'vitest';
import { clientOver, type Transport } from '../../lib/client';

const queues = { apiVersion: 'kueue.x-k8s.io/v1beta1', kind: 'LocalQueue', namespace: 'ns' };

const KINDS = { deployments: 'Deployment', namespaces: 'Namespace', localqueues: 'LocalQueue', clusterqueues: 'ClusterQueue' };
/** The object at a path. */
const objectAt = (path: string) => {
  const found = /^\/apis?\/(?<apiVersion>.+?)(\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[^/]+)\/(?<name>[^/]+)$/.exec(
    path,
  )?.groups;
  const { apiVersion, namespace, plural, name } = found ?? {};
  const kind = Object.entries(KINDS).find(([known]) => known === plural)?.[1];
  return { apiVersion, kind, metadata: { name, namespace } };
};

/** Serves discovery of one group, once it is there, and empty objects. */
const server = () => {
  const asked: string[] = [];
  const state = { installed: true };
  const transport: Transport = {
    send: async ({ path }) => {
      asked.push(path);
      const discovery = path === '/apis/kueue.x-k8s.io/v1beta1';
      const resources = [
        { name: 'localqueues/status', kind: 'LocalQueue', namespaced: true },
        { name: 'localqueues', kind: 'LocalQueue', namespaced: true },
        { name: 'clusterqueues', kind: 'ClusterQueue', namespaced: false },
      ];
      const list = path.endsWith('queues') ? { items: [] } : objectAt(path);
      const body = Buffer.from(JSON.stringify(discovery ? { resources } : list));
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
  await Promise.all([...Array(10).keys()].map((i) => api.get({ ...queues, name: `l${i}` })));
  await api.get({ apiVersion: queues.apiVersion, kind: 'ClusterQueue', namespace: 'ns', name: 'x' });
  expect(asked.filter((path) => path === '/apis/kueue.x-k8s.io/v1beta1')).toHaveLength(1);
  expect(asked).toContain('/apis/kueue.x-k8s.io/v1beta1/namespaces/ns/localqueues/l3');
  expect(asked).toContain('/apis/kueue.x-k8s.io/v1beta1/clusterqueues/x');
});

it('asks again about a kind that was not there', async () => {
  const { api, asked, state } = server();
  state.installed = false;
  await expect(api.list(queues)).rejects.toMatchObject({
    problems: [{ code: 'KIND_NOT_SERVED', subject: 'kueue.x-k8s.io/v1beta1 LocalQueue' }],
  });
  state.installed = true;
  await expect(api.list({ ...queues, kind: 'Queue' })).rejects.toMatchObject({ problems: [{ code: 'KIND_NOT_SERVED' }] });
  await api.list(queues);
  expect(asked.filter((path) => path === '/apis/kueue.x-k8s.io/v1beta1')).toHaveLength(3);
});

it('asks for no API version that would be the path of something else, and takes no plural that is', async () => {
  const asked: string[] = [];
  const transport: Transport = {
    send: async ({ path }) => {
      asked.push(path);
      const resources = [
        { name: '../secrets', kind: 'Odd', namespaced: false },
        { name: '', kind: 'Empty', namespaced: false },
      ];
      return { status: 200, headers: {}, body: one(JSON.stringify({ resources })) };
    },
    close: async () => {},
  };
  const api = clientOver(transport);
  for (const apiVersion of ['v9/../../version', 'a//b', 'a?b/c', '../x'])
    await expect(api.list({ apiVersion, kind: 'Odd' })).rejects.toThrow('KIND_NOT_SERVED');
  expect(asked).toEqual([]);
  for (const kind of ['Odd', 'Empty'])
    await expect(api.list({ apiVersion: 'odd.example.com/v1', kind })).rejects.toThrow('KIND_NOT_SERVED');
  expect(new Set(asked)).toEqual(new Set(['/apis/odd.example.com/v1']));
});

async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
