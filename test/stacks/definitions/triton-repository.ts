import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, PrometheusAdapter, ServingStack, triton } from '../../../lib';

/** Triton's example for clusters on premises: a repository on a claim, scaled by the average time in the queue. */
export function tritonRepository(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'vision', { namespace: 'stacks', external: ['PersistentVolumeClaim/models'] });
  const server = new ModelServer(stack, 'triton', {
    model: Model.claim({ claim: 'models', wholeVolume: true, path: '/mnt/models', version: 'v3' }),
    image: 'nvcr.io/nvidia/tritonserver:25.01-py3',
    runtime: triton({ version: '25.01' }),
    gpu: { count: 1 },
    startupTimeout: '300s',
    probeTiming: { startupPeriod: 10 },
    autoscaling: { min: 1, max: 3, on: 'queue', target: 50, by: { adapter: true } },
    resources: { requests: { cpu: '2', memory: '8Gi' }, limits: { memory: '16Gi' } },
  });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  new PrometheusAdapter(stack, 'prometheus-adapter', { serves: [server] });
  return stack;
}
