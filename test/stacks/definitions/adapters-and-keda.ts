import type { Construct } from 'constructs';
import { InferencePool, MetricsExporter, Model, ModelServer, Route, ServingStack, vllm } from '../../../lib';

/** A base model with two LoRA adapters as part of the release, scaled by KEDA, behind a pool that knows which pod has which adapter. */
export function adaptersAndKeda(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'adapters', { namespace: 'stacks', kubernetesVersion: '1.35' });
  const adapter = (name: string) =>
    Model.objectStore({
      uri: `s3://models/${name}`,
      fetcher: 'amazon/aws-cli:2.27.0',
      size: '1Gi',
      version: 'v1',
      region: 'eu-west-1',
    });
  const server = new ModelServer(stack, 'llama', {
    model: Model.ociImage({
      image: `registry.company.com/models/llama@sha256:${'a'.repeat(64)}`,
      version: 'v3.1',
    }),
    image: 'vllm/vllm-openai:v0.26.0',
    runtime: vllm({
      version: '0.26.0',
      maxModelLen: 8192,
      lora: { adapters: { sql: adapter('sql'), support: adapter('support') }, maxRank: 32, ranks: { sql: 16, support: 32 } },
    }),
    gpu: { count: 1, product: 'NVIDIA-H100-80GB-HBM3' },
    autoscaling: {
      min: 1,
      max: 4,
      on: 'queue',
      target: 4,
      by: { keda: { prometheus: 'http://prometheus-operated.monitoring.svc:9090' } },
    },
    resources: { requests: { cpu: '8', memory: '48Gi' }, limits: { memory: '64Gi' } },
  });
  const pool = new InferencePool(stack, 'pool', {
    servers: [server],
    picker: {
      image: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0',
      whenDown: 'FailClose',
      resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
    },
  });
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, to: pool });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  return stack;
}
