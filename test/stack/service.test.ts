import { expect, it } from 'vitest';
import { MetricsExporter, Model, ModelServer, type ModelServerProps, Route } from '../../lib';
import { fieldsAt, listAt } from '../../lib/kube/fields';
import { podSpecOf } from '../../lib/kube/pod-spec';
import { inChart, problemsIn, SMALL } from '../harness/chart';

type Chart = Parameters<Parameters<typeof inChart>[0]>[0];
const model = Model.baked({ image: 'registry.test/m', version: 'v1', path: '/m' });
const server = (chart: Chart, more: Partial<ModelServerProps>, id = 'llm') =>
  new ModelServer(chart, id, { model, resources: SMALL, ...more } as ModelServerProps);
const rendered = (more: Partial<ModelServerProps>) => {
  const objects = inChart((chart) => server(chart, more));
  const one = (kind: string) => objects.find((object) => object.kind === kind);
  const ingress = listAt(one('NetworkPolicy'), 'spec', 'ingress').map((rule) => JSON.stringify(rule));
  return {
    service: fieldsAt(one('Service'), 'spec'),
    ingress,
    pod: podSpecOf(one('Deployment') ?? { apiVersion: '', kind: '', metadata: { name: '' } }),
  };
};
const problems = (more: Partial<ModelServerProps>) => problemsIn((chart) => server(chart, more)).map(({ path }) => path);

it('lets the clients of a load balancer in, and only those whose addresses reach the pods', () => {
  const open = rendered({ service: { type: 'LoadBalancer', sourceRanges: ['10.0.0.0/8'] } });
  expect(open.service).toMatchObject({ type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'] });
  expect(open.ingress).toContain(JSON.stringify({ ports: [{ port: 8080, protocol: 'TCP' }] }));
  const local = rendered({ service: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', sourceRanges: ['10.0.0.0/8'] } });
  expect(local.ingress.some((rule) => rule.includes('"cidr":"10.0.0.0/8"'))).toBe(true);
  expect(local.ingress).not.toContain(JSON.stringify({ ports: [{ port: 8080, protocol: 'TCP' }] }));
  expect(rendered({}).service).toMatchObject({ type: 'ClusterIP' });
});

it('refuses options of a load balancer without one', () => {
  expect(problems({ service: { sourceRanges: ['10.0.0.0/8'], externalTrafficPolicy: 'Local' } })).toEqual([
    'service.sourceRanges',
    'service.externalTrafficPolicy',
  ]);
});

const frontProxy = { name: 'envoy', image: 'envoyproxy/envoy:v1.36.2', port: 8443, protocol: 'https', resources: SMALL } as const;

it('leads clients to the proxy in front of the server, and nobody past it', () => {
  const { service, ingress, pod } = rendered({
    frontProxy: { ...frontProxy, files: { '/etc/envoy.yaml': 'a' } },
    servicePort: 443,
  });
  expect(service.ports).toMatchObject([{ name: 'https', port: 443, targetPort: 8443, appProtocol: 'https' }]);
  expect(ingress.join()).toContain('8443');
  expect(ingress.join()).not.toContain('8080');
  expect(pod?.initContainers).toMatchObject([
    { name: 'envoy', restartPolicy: 'Always', volumeMounts: [{ mountPath: '/etc/envoy.yaml', subPath: 'etc_envoy.yaml' }] },
  ]);
  expect(JSON.stringify(pod?.containers?.[0]?.volumeMounts)).not.toContain('envoy');
  expect(problems({ frontProxy: { ...frontProxy, port: 8080 } })).toEqual(['frontProxy.port']);
  const scraped = (chart: Chart) =>
    void new MetricsExporter(chart, 'metrics', { mode: 'service-monitor', targets: [server(chart, { frontProxy })] });
  expect(problemsIn(scraped).map(({ path }) => path)).toEqual(['mode']);
});

it('refuses two files of one path in different containers', () => {
  const files = { '/etc/app.yaml': 'main' } as const;
  expect(problems({ files, frontProxy: { ...frontProxy, files: { '/etc/app.yaml': 'other' } } })).toEqual(['envoy.files']);
  expect(problems({ files, frontProxy: { ...frontProxy, files } })).toEqual([]);
});

it('shares the requests of a route by weight', () => {
  const gateway = { name: 'public' };
  const split = (weights: readonly [number, number]) => (chart: Chart) =>
    new Route(chart, 'route', {
      gateway,
      to: [
        { to: server(chart, {}, 'a'), weight: weights[0] },
        { to: server(chart, {}, 'b'), weight: weights[1] },
      ],
    });
  const route = inChart(split([90, 10])).find(({ kind }) => kind === 'HTTPRoute');
  expect(listAt(listAt(route, 'spec', 'rules')[0], 'backendRefs')).toMatchObject([
    { name: 'chart-a', weight: 90 },
    { name: 'chart-b', weight: 10 },
  ]);
  expect(problemsIn(split([0, 0])).map(({ path }) => path)).toEqual(['to']);
  expect(problemsIn(split([1.5, 1])).map(({ path }) => path)).toEqual(['to']);
});
