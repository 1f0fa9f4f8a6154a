import type { Construct } from 'constructs';
import { HttpService, MetricsExporter, Model, ModelServer, ServingStack, VllmRouter, vllm } from '../../../lib';

/** LMCache: engines keep keys and values in memory and in a common server, and a router knows which engine has which. */
export function sharedKvCache(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'lmcache', { namespace: 'stacks', external: ['PersistentVolumeClaim/weights'] });
  const store = new HttpService(stack, 'store', {
    image: 'lmcache/vllm-openai:v0.3.9',
    port: 65_432,
    servicePort: 65_432,
    command: ['lmcache_server', '0.0.0.0', '65432'],
    health: { ready: { tcp: true }, live: { tcp: true } },
    resources: { requests: { cpu: '2', memory: '64Gi' }, limits: { memory: '96Gi' } },
  });
  const engines = new ModelServer(stack, 'engines', {
    model: Model.claim({ claim: 'weights', subPath: 'qwen3-32b', path: '/mnt/models', version: 'v1' }),
    image: 'lmcache/vllm-openai:v0.3.9',
    runtime: vllm({
      version: '0.26.0',
      tensorParallelSize: 2,
      maxModelLen: 32_768,
      kvTransfer: { kv_connector: 'LMCacheConnectorV1', kv_role: 'kv_both' },
    }),
    files: {
      '/etc/lmcache/config.yaml': JSON.stringify({
        chunk_size: 256,
        local_cpu: true,
        max_local_cpu_size: 40,
        remote_url: `lm://${store.resourceName}:65432`,
        enable_controller: true,
        controller_pull_url: 'lmcache-router:9000',
      }),
    },
    env: { LMCACHE_CONFIG_FILE: '/etc/lmcache/config.yaml', PYTHONHASHSEED: 0 },
    gpu: { count: 2, product: 'NVIDIA-H100-80GB-HBM3' },
    replicas: 4,
    resources: { requests: { cpu: '16', memory: '96Gi' }, limits: { memory: '128Gi' } },
  });
  store.acceptFrom(engines);
  const router = new VllmRouter(stack, 'router', {
    image: 'lmcache/lmstack-router:0.1.12',
    servers: [engines],
    logic: { kvAware: { controllerPort: 9000 } },
    resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '4Gi' } },
  });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [engines, router] });
  return stack;
}
