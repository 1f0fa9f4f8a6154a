import * as cdk8s from 'cdk8s';
import * as plus from 'cdk8s-plus-28';
import ts from 'typescript';
import * as library from '../../../lib';
import { runChecks } from '../../../lib/checks';
import { ServingError } from '../../../lib/errors/problem';
import type { KubeObject } from '../../../lib/kube/object';
import type { AnyEnvironment } from '../../../lib/project/environment';
import { renderProject } from '../../../lib/synth/render-project';
import { sampleProject } from '../../harness/project';

/** What stands in front of every config of the corpus. */
export const PRELUDE = `
import { App, Duration } from 'cdk8s';
import { ConfigMap, Secret, Volume } from 'cdk8s-plus-28';
import { canary, DisaggregatedServer, externalHttp, externalRedis, externalSecret, FeatureProxy, InferencePool, MetricsExporter, Model, ModelCache, ModelServer, Objectives, Preprocessor, PrometheusAdapter, RayServer, rayServe, RedisCache, ResultQueue, Route, ServingStack, SglangRouter, sglang, shadow, triton, ValidationHook, VllmRouter, vllm } from '#lib';
import type { Environment } from '#stacks';
export const app = new App();
const stack = new ServingStack(app, 'stack', { namespace: 'here' });
const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } } as const;
const model = Model.baked({ image: 'a/b', version: 'v1', path: '/m', copyable: true });
const fraud = { namespace: 'x' } as const;
const env = { name: 'x', tier: 'dev', stacks: { 'fraud-model': fraud, 'ml-serving-stack': fraud, 'my-model': fraud, llm: 'off', triton: 'off' } } as const;
const base = { model, resources };
const hook = { image: 'v:1', dataset: { uri: '/d' }, thresholds: { auc: { min: 0.9 } } } as const;
const feature = { image: 'a/b:v1', upstream: 'http://x', resources } as const;
const worker = { image: 'a/b:v1', broker: externalRedis({ host: 'redis' }), server: externalHttp('http://x'), resources } as const;
const autoscaling = { min: 1, max: 2, metric: { name: 'http_requests_in_progress', target: 4 } } as const;
const safe = { 'fraud-model': { namespace: 'x', redis: 'off' }, 'ml-serving-stack': { namespace: 'x', redis: 'off' } } as const;
const large = { requests: { cpu: '4', memory: '24Gi' }, limits: { memory: '32Gi' } } as const;
const hub = { repo: 'company/chat', revision: '0123456789abcdef0123456789abcdef01234567', size: '16Gi' } as const;
const weights = Model.huggingFace(hub);
const chat = { image: 'vllm/vllm-openai:v0.26.0', runtime: vllm({ version: '0.26.0' }), model: weights, gpu: { count: 1 }, resources: large } as const;
const transfer = { kv_connector: 'NixlConnector', kv_role: 'kv_both' };
const role = { runtime: vllm({ version: '0.26.0', kvTransfer: transfer }), replicas: 1, gpu: { count: 1 }, resources: large } as const;
const split = { image: chat.image, model: Model.claim({ claim: 'c', subPath: 'm', path: '/mnt/models', version: 'v1' }), prefill: role, decode: role };
const workers = { replicas: 1, gpu: { count: 1 }, resources: large } as const;
const ray = { image: 'rayproject/ray-llm:2.54.0', runtime: rayServe({ version: '2.54.0' }), applications: [{ name: 'llm', import_path: 'm:app' }], head: { resources }, workers: { gpu: workers } } as const;
const gateway = { name: 'public', namespace: 'gateways' } as const;
const picker = { image: 'registry.k8s.io/epp:v1.0.0', whenDown: 'FailOpen' } as const;
const radix = { ...chat, image: 'lmsysorg/sglang:v0.5.17', runtime: sglang({ version: '0.5.17' }) } as const;
export const made: Environment[] = [];
void [Duration, ConfigMap, Secret, Volume, externalSecret, shadow, triton, large, chat, split, ray, gateway, picker, radix, base, hook, feature, worker, autoscaling, safe, env];
`;

/** Calls of the corpus, written out: literals keep their place, so that the compiler says what it says to users. */
const CALLS: Readonly<Record<string, string>> = {
  'server({': "new ModelServer(stack, 's', { ...base,",
  'gate({': "new ValidationHook(stack, 'g', { validates: new ModelServer(stack, 's', base), ...hook,",
  'proxy({': "new FeatureProxy(stack, 'f', { ...feature,",
  'queue({': "new ResultQueue(stack, 'q', { ...worker,",
  'redis({': "new RedisCache(stack, 'redis', {",
  'exporter({': "new MetricsExporter(stack, 'm', { targets: [new ModelServer(stack, 's', base)],",
  'adapter({': "new PrometheusAdapter(stack, 'p', { serves: [new ModelServer(stack, 's', { ...base, autoscaling })],",
  'chat({': "new ModelServer(stack, 'chat', { ...chat,",
  'cache({': "new ModelCache(stack, 'weights', { model: weights, ...{ fetcher: 'python:3.12' },",
  'route({': "new Route(stack, 'route', { ...{ gateway, hostnames: ['m.company.com'] }, to: new ModelServer(stack, 's', base),",
  'objectives({': "new Objectives(stack, 'o', { servers: [{ of: new ModelServer(stack, 'chat', chat),",
  'split({': "new DisaggregatedServer(stack, 'split', { ...split,",
  'pool({': "new InferencePool(stack, 'pool', { ...{ servers: [new ModelServer(stack, 'chat', chat)], picker },",
  'router({':
    "new VllmRouter(stack, 'router', { image: 'lmcache/lmstack-router:0.1.12', resources, ...{ servers: [new ModelServer(stack, 'chat', chat)] },",
  'sglangRouter({':
    "new SglangRouter(stack, 'router', { image: 'lmsysorg/sglang-router:v0.3.2', resources, ...{ servers: [new ModelServer(stack, 'chat', radix)] },",
  'ray({': "new RayServer(stack, 'ray', { ...ray,",
  'settings({': "new RedisCache(new ServingStack(app, 'other', { namespace: 'n',",
  'environment(': 'made.push(',
  'dev({': 'made.push({ ...env, stacks: { ...env.stacks,',
  'prod({': "made.push({ ...env, tier: 'prod', stacks: { ...env.stacks, ...safe,",
};

/** How calls end that open more than one bracket. */
const ENDS: Readonly<Record<string, string>> = {
  'stacks: {': '})',
  'servers: [{': ']})',
  'new RedisCache(new': "), 'r')",
};

/** A config of the corpus as a module. */
export function moduleOf(code: string): string {
  const [call, written] = Object.entries(CALLS).find(([start]) => code.startsWith(start)) ?? ['', ''];
  const [, end = ')'] = Object.entries(ENDS).find(([inside]) => written.includes(inside)) ?? [];
  const closed = code.replace(/\);$/, `${end};`);
  return `${PRELUDE}${written}${closed.slice(call.length)}\n`;
}

/** What a synth and the checks say of a config that compiles, or that was emitted in spite of errors. */
export function refusals(code: string): readonly string[] {
  const { outputText } = ts.transpileModule(moduleOf(code), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const module: { exports: { app?: cdk8s.App; made?: readonly AnyEnvironment[] } } = { exports: {} };
  const load = (name: string): unknown => ({ cdk8s, 'cdk8s-plus-28': plus })[name] ?? library;
  try {
    new Function('require', 'module', 'exports', outputText)(load, module, module.exports);
    const { app, made = [] } = module.exports;
    const charts = app?.charts.filter((chart) => chart.node.children.length > 0) ?? [];
    const objects = charts.flatMap((chart) => chart.toJson() as KubeObject[]);
    const rendered =
      made.length === 0 ? [] : renderProject(sampleProject(...made), { environments: made.map(({ name }) => name) });
    return [
      ...runChecks(objects),
      ...rendered.flatMap(({ files, context }) =>
        runChecks(
          files.flatMap((file) => file.objects),
          context,
        ),
      ),
    ].flatMap(({ severity, code: rule, message }) => (severity === 'error' ? [`${rule} ${message}`] : []));
  } catch (error) {
    if (error instanceof ServingError)
      return error.problems.map((problem) => `${problem.code} ${problem.path}: ${problem.message}`);
    const text = error instanceof Error ? error.message : String(error);
    // Validations of the construct tree are one error of cdk8s with all messages.
    return text.startsWith('Validation failed') ? text.split('\n').slice(1) : [`STACK TRACE ${text}`];
  }
}
