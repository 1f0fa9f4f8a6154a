import type { Construct } from 'constructs';
import { InferencePool, Model, ModelServer, Route, ServingStack, vllm } from '../../../lib';

/** llm-d's optimised baseline: ten replicas of two GPUs behind an endpoint picker. */
export function optimisedBaseline(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'qwen', { namespace: 'stacks' });
  const server = new ModelServer(stack, 'qwen3-32b', {
    model: Model.huggingFace({ repo: 'Qwen/Qwen3-32B', revision: '9216db5781bf21249d130ec9da846c4624c16137', size: '66Gi' }),
    image: 'vllm/vllm-openai:v0.26.0',
    runtime: vllm({ version: '0.26.0', tensorParallelSize: 2, maxModelLen: 32_768, sharedMemory: '20Gi' }),
    replicas: 10,
    gpu: { count: 2, product: 'NVIDIA-H100-80GB-HBM3' },
    modelConfig: {
      billionParameters: 32.8,
      hiddenSize: 5120,
      layers: 64,
      heads: 64,
      kvHeads: 8,
      headDim: 128,
      maxPositions: 40_960,
    },
    drain: { delay: '15s', timeout: '45s', spare: '15s' },
    resources: { requests: { cpu: '32', memory: '100Gi' }, limits: { memory: '120Gi' } },
  });
  const pool = new InferencePool(stack, 'pool', {
    servers: [server],
    picker: {
      image: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0',
      whenDown: 'FailOpen',
      scorers: { 'prefix-cache-scorer': 3, 'queue-scorer': 2, 'kv-cache-utilization-scorer': 2 },
    },
  });
  new Route(stack, 'route', { gateway: { name: 'inference', namespace: 'gateways' }, to: pool });
  return stack;
}
