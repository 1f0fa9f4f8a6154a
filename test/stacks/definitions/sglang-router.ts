import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, Preprocessor, Route, ServingStack, sglang } from '../../../lib';

/** SGLang's own router in front of its servers: without a component of its own, because its flags differ from version to version. */
export function sglangRouter(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'qwen', {
    namespace: 'stacks',
    external: ['PersistentVolumeClaim/weights', 'Gateway/public'],
  });
  const server = new ModelServer(stack, 'server', {
    model: Model.claim({ claim: 'weights', subPath: 'qwen3-8b', path: '/mnt/models', version: 'v3' }),
    image: 'lmsysorg/sglang:v0.5.17',
    runtime: sglang({ version: '0.5.17', contextLength: 16_384 }),
    replicas: 3,
    gpu: { count: 1 },
    resources: { requests: { cpu: '8', memory: '32Gi' }, limits: { memory: '48Gi' } },
  });
  const labels = Object.entries(server.serviceLabels).map(([key, value]) => `${key}=${value}`);
  const router = new Preprocessor(stack, 'router', {
    image: 'lmsysorg/sglang-router:v0.3.2',
    next: server,
    args: [
      ...['--host', '0.0.0.0', '--port', '8080', '--policy', 'cache_aware', '--prometheus-port', '29000'],
      ...['--service-discovery', '--service-discovery-namespace', 'stacks', '--service-discovery-port', '30000'],
      ...['--selector', ...labels],
    ],
    health: { ready: { path: '/readiness' }, live: { path: '/liveness' } },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    ports: [{ name: 'metrics', port: 29_000 }],
    // Longer than its servers take: a router that ends first cuts the streams that it forwards.
    drain: { timeout: `${server.graceSeconds}s` },
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
  });
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, to: router, timeout: '0s' });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  return stack;
}
