import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, type Runtime, ServingStack } from '../../../lib';

/** Hugging Face's server of language models, which is archived upstream, as a runtime that a user adds. */
const textGeneration: Runtime = {
  name: 'text-generation-inference',
  ports: { http: 8080 },
  health: { ready: { path: '/health' }, live: { tcp: true } },
  command: ({ modelPath, ports }) => ({ args: ['--model-id', modelPath, '--hostname', '0.0.0.0', '--port', String(ports.http)] }),
  env: () => ({ HOME: '/tmp', HUGGINGFACE_HUB_CACHE: '/tmp/hub', HF_HUB_OFFLINE: 1 }),
  metrics: { path: '/metrics', series: { queue: { series: 'tgi_queue_size', kind: 'gauge' } } },
  sharedMemory: () => '1Gi',
  startupTimeout: '20m',
  streams: true,
};

/** A server without a preset. */
export function ownRuntime(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'tgi', { namespace: 'stacks', external: ['PersistentVolumeClaim/weights'] });
  const server = new ModelServer(stack, 'writer', {
    model: Model.claim({ claim: 'weights', subPath: 'qwen3-8b', path: '/mnt/models', version: 'v3' }),
    image: 'ghcr.io/huggingface/text-generation-inference:3.3.5',
    runtime: textGeneration,
    gpu: { count: 1 },
    resources: { requests: { cpu: '4', memory: '24Gi' }, limits: { memory: '32Gi' } },
  });
  new MetricsExporter(stack, 'metrics', { targets: [server] });
  return stack;
}
