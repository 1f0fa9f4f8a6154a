import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelCache, Preprocessor, RayServer, Route, rayServe, ServingStack } from '../../../lib';

/** KubeRay's sample of a language model: one head, workers that Ray scales, behind a gateway and called by a component of the stack. */
export function rayServeLlm(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'ray-llm', { namespace: 'stacks', external: ['Gateway/public'] });
  const cache = new ModelCache(stack, 'weights', {
    model: Model.huggingFace({ repo: 'Qwen/Qwen3-8B', revision: 'b968826d9c46dd6066d109eabc6255188de91218', size: '17Gi' }),
    fetcher: 'rayproject/ray-llm:2.54.0-py311-cu128',
  });
  const server = new RayServer(stack, 'llm', {
    image: 'rayproject/ray-llm:2.54.0-py311-cu128',
    runtime: rayServe({ version: '2.54.0', streams: true }),
    model: cache.model,
    applications: [
      {
        name: 'llm',
        route_prefix: '/',
        import_path: 'ray.serve.llm:build_openai_app',
        args: { llm_configs: [{ model_loading_config: { model_id: 'qwen3-8b', model_source: '/mnt/models' } }] },
      },
    ],
    head: { resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '8Gi' } } },
    workers: {
      gpu: {
        replicas: 1,
        maxReplicas: 3,
        gpu: { count: 1 },
        objectStore: '8Gi',
        resources: { requests: { cpu: '8', memory: '32Gi' }, limits: { memory: '48Gi' } },
      },
    },
  });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, to: server });
  new Preprocessor(stack, 'prompts', {
    image: 'registry.company.com/prompts:1.0.0',
    next: server,
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  });
  return stack;
}
