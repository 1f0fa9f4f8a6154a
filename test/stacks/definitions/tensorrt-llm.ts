import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, Route, type Runtime, ServingStack } from '../../../lib';

/** TensorRT-LLM's own server, as a runtime that a user adds: it is ready once the engine runs, and cuts no stream at SIGTERM. */
const trtllm: Runtime = {
  name: 'trtllm-serve',
  version: '1.1.0',
  ports: { http: 8000 },
  health: { startup: { path: '/health' }, ready: { path: '/health' }, live: { tcp: true } },
  command: ({ modelPath, modelName, ports, gpus }) => ({
    command: ['trtllm-serve', 'serve', modelPath],
    args: [
      ...['--host', '0.0.0.0', '--port', String(ports.http), '--served_model_name', modelName],
      ...['--backend', 'pytorch', '--tp_size', String(gpus), '--config', '/etc/trtllm/config.yaml'],
    ],
  }),
  env: () => ({ HOME: '/tmp/home', HF_HUB_OFFLINE: 1, TRITON_CACHE_DIR: '/tmp/triton' }),
  drain: { before: '15s', finish: '60s', onTerm: 'refuses' },
  startupTimeout: '45m',
  sharedMemory: (gpus) => (gpus > 1 ? '32Gi' : undefined),
  metrics: { path: '/prometheus/metrics', series: {} },
  writableDirectories: ['/tmp'],
  streams: true,
};

/** gpt-oss on a part of an NVLink domain, with guided drafts, from a claim that another team fills. */
export function tensorrtLlm(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'gpt-oss', {
    namespace: 'stacks',
    external: ['PersistentVolumeClaim/weights', 'Gateway/public'],
  });
  const server = new ModelServer(stack, 'trtllm', {
    model: Model.claim({ claim: 'weights', subPath: 'gpt-oss-120b', path: '/mnt/models', version: 'v1' }),
    image: 'nvcr.io/nvidia/tensorrt-llm/release:1.1.0',
    modelName: 'gpt-oss-120b',
    runtime: trtllm,
    files: { '/etc/trtllm/config.yaml': 'enable_attention_dp: true\nkv_cache_config:\n  free_gpu_memory_fraction: 0.85\n' },
    gpu: { count: 4, product: ['NVIDIA-B200', 'NVIDIA-GB200'] },
    security: { writableRootFilesystem: { reason: "the nodes' CDI hook writes into the container" } },
    replicas: 2,
    resources: { requests: { cpu: '32', memory: '256Gi' }, limits: { memory: '384Gi' } },
  });
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, to: server, timeout: '0s' });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  return stack;
}
