import type { Construct } from 'constructs';
import { Model, ModelServer, Route, ServingStack, vllm } from '../../../lib';

/** A draft model that proposes tokens, from an air-gapped mirror with its own certificates, more pods in office hours. */
export function speculativeDecoding(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'llama', {
    namespace: 'stacks',
    imageRegistry: 'mirror.company.internal',
    imagePullSecrets: ['mirror'],
    external: ['Secret/mirror', 'ConfigMap/company-ca', 'Gateway/public'],
  });
  const mirrored = (repo: `${string}/${string}`, size: '142Gi' | '4Gi') =>
    Model.huggingFace({
      repo,
      revision: '0e9e39f249a16976918f6564b8830bc894c89659',
      size,
      endpoint: 'https://hub.company.internal',
      proxy: 'http://proxy.company.internal:3128',
      certificates: { configMap: 'company-ca' },
    });
  const server = new ModelServer(stack, 'llama', {
    model: mirrored('meta-llama/Llama-3.3-70B-Instruct', '142Gi'),
    image: 'vllm/vllm-openai:v0.26.0',
    runtime: vllm({
      version: '0.26.0',
      tensorParallelSize: 4,
      maxModelLen: 16_384,
      speculative: { method: 'eagle3', draft: mirrored('yuhuili/EAGLE3-LLaMA3.3-Instruct-70B', '4Gi'), tokens: 3 },
      toolCallParser: 'llama3_json',
    }),
    gpu: { count: 4, product: 'NVIDIA-H100-80GB-HBM3' },
    autoscaling: {
      min: 1,
      max: 4,
      on: 'cache',
      target: 0.7,
      by: {
        keda: {
          prometheus: 'http://prometheus-operated.monitoring.svc:9090',
          schedules: [{ timezone: 'Europe/Berlin', start: '0 8 * * 1-5', end: '0 18 * * 1-5', replicas: 2 }],
        },
      },
    },
    resources: { requests: { cpu: '32', memory: '160Gi' }, limits: { memory: '200Gi' } },
  });
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, path: '/llama', rewrite: '/', to: server });
  return stack;
}
