import { expect, test } from 'vitest';
import { apply, ask, virtual } from './ask';

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'podmonitors.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: { plural: 'podmonitors', kind: 'PodMonitor' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  interval: { type: 'string', default: '30s' },
                  limit: { type: 'integer' },
                  endpoints: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['port'],
                    items: { type: 'object', properties: { port: { type: 'string' }, path: { type: 'string' } } },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};
const MONITORS = '/apis/monitoring.coreos.com/v1/namespaces/default/podmonitors';
const monitor = (spec: object) => ({ apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor', metadata: { name: 'm' }, spec });

test('a custom resource definition adds a kind, with its defaults, merge keys and strictness', async () => {
  const { t, clock, sandbox } = virtual();
  expect((await apply(t, `${MONITORS}/m`, monitor({}))).status).toBe(404);
  await apply(t, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/podmonitors.monitoring.coreos.com', definition);
  await clock.advance(10);
  expect((await apply(t, `${MONITORS}/m`, monitor({ endpoints: [{ port: 'a' }], limit: 0 }))).status).toBe(201);
  const second = await apply(t, `${MONITORS}/m`, monitor({ endpoints: [{ port: 'b' }] }), 'other');
  expect(second.body.spec).toEqual({ endpoints: [{ port: 'a' }, { port: 'b' }], interval: '30s', limit: 0 });
  expect((await apply(t, `${MONITORS}/m`, monitor({ nope: 1 }))).body.message).toContain(
    '.spec.nope: field not declared in schema',
  );
  expect((await ask(t, 'GET', '/apis/monitoring.coreos.com/v1')).text).toContain('"podmonitors"');
  await ask(t, 'DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/podmonitors.monitoring.coreos.com');
  await clock.advance(10);
  expect((await ask(t, 'GET', MONITORS)).status).toBe(404);
  expect(sandbox.objects('apiextensions.k8s.io/v1', 'CustomResourceDefinition')).toEqual([]);
});
