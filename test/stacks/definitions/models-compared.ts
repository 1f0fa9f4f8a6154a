import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, Route, ServingStack, sglang, vllm } from '../../../lib';

/** Two engines with one model behind one route: a tenth of the requests go to the new one, and all of those with a header. */
export function modelsCompared(scope: Construct): ServingStack {
  const external = ['PersistentVolumeClaim/weights', 'Gateway/public'];
  const stack = new ServingStack(scope, 'compare', { namespace: 'stacks', external });
  const common = {
    model: Model.claim({ claim: 'weights', subPath: 'qwen3-32b', path: '/mnt/models', version: 'v2' }),
    modelName: 'qwen3-32b',
    gpu: { count: 2, product: 'NVIDIA-H100-80GB-HBM3' },
    resources: { requests: { cpu: '16', memory: '96Gi' }, limits: { memory: '128Gi' } },
  } as const;
  const now = new ModelServer(stack, 'now', {
    ...common,
    image: 'vllm/vllm-openai:v0.26.0',
    runtime: vllm({ version: '0.26.0', tensorParallelSize: 2, maxModelLen: 32_768 }),
    // Metrics of the cloud's monitoring, whose adapter the cluster has.
    autoscaling: {
      min: 2,
      max: 6,
      metric: { name: 'prometheus.googleapis.com|vllm:num_requests_waiting|gauge', target: 5, servedBy: 'cluster' },
    },
  });
  const next = new ModelServer(stack, 'next', {
    ...common,
    image: 'lmsysorg/sglang:v0.5.17',
    runtime: sglang({ version: '0.5.17', tensorParallelSize: 2, contextLength: 32_768 }),
    replicas: 1,
  });
  const route = { gateway: { name: 'public', namespace: 'gateways' }, hostnames: ['llm.company.com'] } as const;
  new Route(stack, 'shared', {
    ...route,
    to: [
      { to: now, weight: 90 },
      { to: next, weight: 10 },
    ],
  });
  new Route(stack, 'testers', { ...route, headers: { 'x-engine': 'next' }, to: next });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [now, next] });
  return stack;
}
