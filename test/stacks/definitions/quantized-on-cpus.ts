import type { Construct } from 'constructs';
import { llamaCpp, MetricsExporter, Model, ModelServer, Route, ServingStack } from '../../../lib';

/** A quantized model of a bucket on CPUs, with llama.cpp, scaled to nothing at night by what waits at the gateway. */
export function quantizedOnCpus(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'small', { namespace: 'stacks', external: ['Gateway/internal', 'Secret/minio-reader'] });
  const server = new ModelServer(stack, 'qwen', {
    model: Model.objectStore({
      uri: 's3://models/qwen2.5-7b-instruct-gguf/',
      version: 'q4-k-m-1',
      size: '5Gi',
      fetcher: 'amazon/aws-cli:2.27.0',
      endpoint: 'https://minio.storage.svc:9000',
      credentials: 'minio-reader',
    }),
    image: 'ghcr.io/ggml-org/llama.cpp:server-b6123',
    runtime: llamaCpp({ file: 'qwen2.5-7b-instruct-q4_k_m.gguf', contextSize: 8192, parallel: 4, threads: 8 }),
    autoscaling: {
      min: 1,
      max: 4,
      on: 'queue',
      target: 2,
      by: {
        keda: {
          prometheus: 'http://prometheus-operated.monitoring.svc:9090',
          toZero: { waiting: 'sum(envoy_cluster_upstream_rq_pending_active{envoy_cluster_name=~"small.*"})' },
          cooldown: '30m',
        },
      },
    },
    placement: { spot: 'gke' },
    resources: { requests: { cpu: '8', memory: '8Gi' }, limits: { memory: '10Gi' } },
  });
  new Route(stack, 'route', { gateway: { name: 'internal', namespace: 'gateways' }, to: server });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  return stack;
}
