import { describe, expect, it } from 'vitest';
import { DisaggregatedServer, Model, ModelServer, SglangRouter, type SglangRouterProps, sglang, vllm } from '../../lib';
import { fieldsAt, listAt, textAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { podSpecOf, podTemplatesOf } from '../../lib/kube/pod-spec';
import { inChart, problemsIn, SMALL } from '../harness/chart';

type Chart = Parameters<Parameters<typeof inChart>[0]>[0];
const model = Model.claim({ claim: 'weights', wholeVolume: true, path: '/mnt/models', version: 'v1' });
const image = 'lmsysorg/sglang:v0.5.17';
const server = (chart: Chart) =>
  new ModelServer(chart, 'llm', { model, image, runtime: sglang({ version: '0.5.17' }), resources: SMALL });
const apart = (chart: Chart, runtime = sglang({ version: '0.5.17', transfer: { backend: 'nixl' } })) =>
  new DisaggregatedServer(chart, 'llm', {
    model,
    image,
    prefill: { runtime, replicas: 1, resources: SMALL },
    decode: { runtime, replicas: 1, resources: SMALL },
  });
const router = (chart: Chart, props: Partial<SglangRouterProps> & Pick<SglangRouterProps, 'servers'>) =>
  new SglangRouter(chart, 'router', { image: 'lmsysorg/sglang-router:v0.3.2', resources: SMALL, ...props } as SglangRouterProps);
const argsOf = (objects: readonly KubeObject[]): readonly string[] => {
  const deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'chart-router');
  return listAt(deployment && podSpecOf(deployment)?.containers?.[0], 'args').map(String);
};
/** What a flag has, up to the next one. */
const valuesOf = (args: readonly string[], flag: string) => {
  const rest = args.slice(args.indexOf(flag) + 1);
  const end = rest.findIndex((text) => text.startsWith('--'));
  return end < 0 ? rest : rest.slice(0, end);
};

describe('SglangRouter', () => {
  it("finds its server's pods by the labels of their Service, with a Role of its own, and may call them", () => {
    const objects = inChart((chart) => router(chart, { servers: [server(chart)] }));
    const args = argsOf(objects);
    const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'chart-llm');
    const labels = Object.entries(fieldsAt(service, 'spec', 'selector')).map(([key, value]) => `${key}=${value}`);
    expect(valuesOf(args, '--selector')).toEqual(expect.arrayContaining(labels));
    expect(valuesOf(args, '--service-discovery-port')).toEqual(['30000']);
    expect(valuesOf(args, '--service-discovery-namespace')).toEqual(['here']);
    const role = objects.find(({ kind }) => kind === 'Role');
    expect(role).toMatchObject({ rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }] });
    const policy = objects.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'chart-llm');
    expect(JSON.stringify(policy?.spec)).toContain('chart-router');
  });

  it('stops later than its servers, and hands its program the time that it has', () => {
    const objects = inChart((chart) => router(chart, { servers: [server(chart)] }));
    const grace = (name: string) => {
      const found = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name);
      return Number(found === undefined ? 0 : podSpecOf(found)?.terminationGracePeriodSeconds);
    };
    expect(grace('chart-router')).toBeGreaterThan(grace('chart-llm'));
    expect(Number(valuesOf(argsOf(objects), '--shutdown-grace-period-secs')[0])).toBe(grace('chart-llm'));
    const set = inChart((chart) => router(chart, { servers: [server(chart)], drain: { timeout: '7s' } }));
    expect(valuesOf(argsOf(set), '--shutdown-grace-period-secs')).toEqual(['7']);
  });

  it('selects prefill and decode apart, and finds the port of the bootstrap server on prefill pods only', () => {
    const objects = inChart((chart) => router(chart, { servers: apart(chart) }));
    const args = argsOf(objects);
    expect(args).toContain('--pd-disaggregation');
    const selected = (flag: string) => valuesOf(args, flag).find((one) => one.startsWith('app.kubernetes.io/name='));
    expect([selected('--prefill-selector'), selected('--decode-selector')]).toEqual([
      'app.kubernetes.io/name=llm-prefill',
      'app.kubernetes.io/name=llm-decode',
    ]);
    const set = objects.find(({ kind }) => kind === 'DisaggregatedSet');
    const ports = (set === undefined ? [] : podTemplatesOf(set)).map(({ annotations, labels }) => [
      textAt(labels, 'app.kubernetes.io/name'),
      textAt(annotations, 'sglang.ai/bootstrap-port'),
    ]);
    expect(ports).toEqual([
      ['llm-prefill', '8998'],
      ['llm-decode', undefined],
    ]);
  });

  it('takes the key from a Secret, refuses arguments that it sets itself and roles that it cannot call', () => {
    const apiKey = { secret: 'keys', key: 'sglang' };
    const args = argsOf(inChart((chart) => router(chart, { servers: [server(chart)], apiKey })));
    expect(valuesOf(args, '--api-key')).toEqual(['$(SGLANG_API_KEY)']);
    const problems = (build: (chart: Chart) => unknown) => problemsIn(build).map(({ code, path }) => [code, path]);
    expect(problems((chart) => router(chart, { servers: [server(chart)] }))).toEqual([]);
    expect(problems((chart) => router(chart, { servers: [server(chart)], extraArgs: ['--selector', 'a=b'] }))).toEqual([
      ['DUPLICATE_FLAG', 'extraArgs[0]'],
    ]);
    expect(problems((chart) => router(chart, { servers: apart(chart, vllm({ version: '0.26.0' })) }))).toEqual([
      ['INVALID_VALUE', 'servers'],
    ]);
  });
});
