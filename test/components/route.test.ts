import { describe, expect, it } from 'vitest';
import { InferencePool, Model, ModelServer, Route, type RouteProps, triton, vllm } from '../../lib';
import { listAt, textAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { inChart, problemsIn, SMALL } from '../harness/chart';

const serverProps = {
  model: Model.baked({ image: 'registry.test/m', version: 'v1', path: '/m' }),
  replicas: 2,
  resources: SMALL,
};
const rendered = (props: Omit<RouteProps, 'to'>) =>
  inChart((chart) => new Route(chart, 'route', { to: new ModelServer(chart, 'model', serverProps), ...props }));
const ofKind = (objects: readonly KubeObject[], kind: string) => objects.find((object) => object.kind === kind);
const parentOf = (objects: readonly KubeObject[]) => listAt(ofKind(objects, 'HTTPRoute'), 'spec', 'parentRefs')[0];
const gateway = { name: 'public', namespace: 'gateways' };

describe('Route', () => {
  it('is attached to a gateway, whose namespace may call the pods', () => {
    const objects = rendered({ gateway: { ...gateway, section: 'https' }, hostnames: ['fraud.test'] });
    expect(parentOf(objects)).toEqual({
      group: 'gateway.networking.k8s.io',
      kind: 'Gateway',
      name: 'public',
      namespace: 'gateways',
      sectionName: 'https',
    });
    expect(JSON.stringify(ofKind(objects, 'NetworkPolicy')?.spec)).toContain('"kubernetes.io/metadata.name":"gateways"');
  });

  it('is attached to the Service of a mesh, and opens nothing', () => {
    const objects = rendered({ gateway: 'mesh' });
    const [rule] = listAt(ofKind(objects, 'HTTPRoute'), 'spec', 'rules');
    expect(parentOf(objects)).toEqual(listAt(rule, 'backendRefs')[0]);
    expect(parentOf(objects)).toMatchObject({
      group: '',
      kind: 'Service',
      name: textAt(ofKind(objects, 'Service'), 'metadata', 'name'),
    });
    expect(JSON.stringify(ofKind(objects, 'NetworkPolicy')?.spec)).not.toContain('kubernetes.io/metadata.name');
  });

  it('matches headers, replaces the prefix of the path, and has neither without them', () => {
    const ruleOf = (props: Partial<RouteProps>) =>
      listAt(ofKind(rendered({ gateway, ...props }), 'HTTPRoute'), 'spec', 'rules')[0];
    expect(ruleOf({ path: '/llama', rewrite: '/', headers: { 'X-Gateway-Model-Name': 'llama' } })).toMatchObject({
      matches: [
        {
          path: { type: 'PathPrefix', value: '/llama' },
          headers: [{ type: 'Exact', name: 'X-Gateway-Model-Name', value: 'llama' }],
        },
      ],
      filters: [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } }],
    });
    expect(Object.keys(ruleOf({}) as object).sort()).toEqual(['backendRefs', 'matches', 'timeouts']);
  });

  it('refuses a path where gRPC has none', () => {
    const found = problemsIn((chart) => {
      const to = new ModelServer(chart, 'model', { ...serverProps, runtime: triton({ sharedMemory: '1Mi' }) });
      new Route(chart, 'good', { gateway, protocol: 'grpc', headers: { tenant: 'a' }, to });
      new Route(chart, 'bad', { gateway, protocol: 'grpc', path: '/a', rewrite: '/', to });
    });
    expect(found.map(({ subject, path }) => [subject, path])).toEqual([['chart/bad', 'rewrite']]);
  });

  it('refuses what a mesh does not have', () => {
    const problems = (build: Parameters<typeof problemsIn>[0]) => problemsIn(build).map(({ path }) => path);
    expect(
      problems((chart) => {
        const to = new ModelServer(chart, 'model', serverProps);
        new Route(chart, 'route', { gateway: 'mesh', hostnames: ['fraud.test'], to });
      }),
    ).toContain('hostnames');
    expect(
      problems((chart) => {
        const server = new ModelServer(chart, 'model', { ...serverProps, runtime: vllm({ version: '0.27.0' }) });
        const pool = new InferencePool(chart, 'pool', {
          servers: [server],
          picker: { image: 'registry.test/picker:v1', whenDown: 'FailOpen' },
        });
        new Route(chart, 'route', { gateway: 'mesh', to: pool });
      }),
    ).toContain('gateway');
  });
});
