import { expect, it } from 'vitest';
import { HttpService, Model, ModelServer, Route } from '../../lib';
import { listAt } from '../../lib/kube/fields';
import { inChart, SMALL } from '../harness/chart';

const health = { ready: { path: '/ready' }, live: { path: '/live' } } as const;

it('may call what it says that it calls, on both sides, and streams without a request timeout', () => {
  const objects = inChart((chart) => {
    const model = Model.baked({ image: 'registry.test/m', version: 'v1', path: '/m' });
    const server = new ModelServer(chart, 'model', { model, resources: SMALL });
    const gateway = new HttpService(chart, 'gateway', {
      image: 'registry.test/gateway:v1',
      port: 4000,
      health,
      calls: [server],
      streams: true,
      resources: SMALL,
    });
    new Route(chart, 'route', { gateway: { name: 'public' }, to: gateway });
  });
  const policy = (name: string) => objects.find((one) => one.kind === 'NetworkPolicy' && one.metadata.name === name)?.spec;
  expect(JSON.stringify(policy('chart-gateway'))).toContain('chart-model');
  expect(JSON.stringify(policy('chart-model'))).toContain('chart-gateway');
  const [rule] = listAt(
    objects.find(({ kind }) => kind === 'HTTPRoute'),
    'spec',
    'rules',
  );
  expect(rule).toMatchObject({ timeouts: { request: '0s' } });
});
