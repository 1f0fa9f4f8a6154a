import { expect, it } from 'vitest';
import { Model, ModelServer, VllmRouter, type VllmRouterProps, vllm } from '../../lib';
import { listAt } from '../../lib/kube/fields';
import { inChart, problemsIn, SMALL } from '../harness/chart';

type Chart = Parameters<Parameters<typeof inChart>[0]>[0];
const router = (props: Partial<VllmRouterProps>) => (chart: Chart) => {
  const server = new ModelServer(chart, 'llm', {
    model: Model.claim({ claim: 'weights', wholeVolume: true, path: '/mnt/models', version: 'v1' }),
    image: 'vllm/vllm-openai:v0.26.0',
    runtime: vllm({ version: '0.26.0' }),
    resources: SMALL,
  });
  const image = 'lmcache/lmstack-router:0.1.12';
  return new VllmRouter(chart, 'router', { image, servers: [server], resources: SMALL, ...props } as VllmRouterProps);
};

it('opens the port of its LMCache controller to the servers that report there, and to no other', () => {
  const objects = inChart(router({ logic: { kvAware: { controllerPort: 9000 } } }));
  const named = (kind: string, name: string) => objects.find((one) => one.kind === kind && one.metadata.name === name);
  expect(named('Service', 'chart-router')?.spec).toMatchObject({ ports: [{ port: 80 }, { name: 'lmcache', port: 9000 }] });
  const ingress = JSON.stringify(listAt(named('NetworkPolicy', 'chart-router'), 'spec', 'ingress'));
  expect(ingress).toContain('"port":9000');
  const egress = JSON.stringify(listAt(named('NetworkPolicy', 'chart-llm'), 'spec', 'egress'));
  expect(egress).toContain('"port":9000');
  const without = inChart(router({}));
  expect(JSON.stringify(without)).not.toContain('lmcache"');
});

it('refuses an argument that an option covers', () => {
  const codes = (props: Partial<VllmRouterProps>) => problemsIn(router(props)).map(({ code, path }) => [code, path]);
  expect(codes({ extraArgs: ['--otel-endpoint', 'collector:4317'] })).toEqual([]);
  expect(codes({ extraArgs: ['--routing-logic=session'] })).toEqual([['DUPLICATE_FLAG', 'extraArgs[0]']]);
});
