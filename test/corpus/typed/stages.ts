import * as cdk8s from 'cdk8s';
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
import { canary, externalHttp, externalRedis, FeatureProxy, MetricsExporter, Model, ModelServer, Preprocessor, PrometheusAdapter, RedisCache, ResultQueue, ServingStack, ValidationHook, vllm } from '#lib';
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
export const made: Environment[] = [];
void [base, hook, feature, worker, autoscaling, safe, env];
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
  'environment(': 'made.push(',
  'dev({': 'made.push({ ...env, stacks: { ...env.stacks,',
  'prod({': "made.push({ ...env, tier: 'prod', stacks: { ...env.stacks, ...safe,",
};

/** A config of the corpus as a module. */
export function moduleOf(code: string): string {
  const [call, written] = Object.entries(CALLS).find(([start]) => code.startsWith(start)) ?? ['', ''];
  const closed = written.includes('stacks: {') ? code.replace(/\);$/, '});') : code;
  return `${PRELUDE}${written}${closed.slice(call.length)}\n`;
}

/** What a synth and the checks say of a config that compiles, or that was emitted in spite of errors. */
export function refusals(code: string): readonly string[] {
  const { outputText } = ts.transpileModule(moduleOf(code), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const module: { exports: { app?: cdk8s.App; made?: readonly AnyEnvironment[] } } = { exports: {} };
  const load = (name: string): unknown => (name === 'cdk8s' ? cdk8s : library);
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
