import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, Route, ServingStack, SglangRouter, sglang } from '../../../lib';

/** SGLang's own router, which finds the servers' pods itself and sends prompts to the pod with their cached prefix. */
export function sglangRouter(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'qwen', {
    namespace: 'stacks',
    external: ['PersistentVolumeClaim/weights', 'Gateway/public', 'Secret/keys'],
  });
  const apiKey = { secret: 'keys', key: 'sglang' };
  const server = new ModelServer(stack, 'server', {
    model: Model.claim({ claim: 'weights', subPath: 'qwen3-8b', path: '/mnt/models', version: 'v3' }),
    image: 'lmsysorg/sglang:v0.5.17',
    runtime: sglang({ version: '0.5.17', contextLength: 16_384, apiKey }),
    replicas: 3,
    gpu: { count: 1 },
    resources: { requests: { cpu: '8', memory: '32Gi' }, limits: { memory: '48Gi' } },
  });
  const router = new SglangRouter(stack, 'router', {
    image: 'lmsysorg/sglang-router:v0.3.2',
    servers: [server],
    apiKey,
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
  });
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, to: router });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server, router] });
  return stack;
}
