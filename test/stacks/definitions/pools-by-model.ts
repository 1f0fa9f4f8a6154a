import type { Construct } from 'constructs';
import { InferencePool, Model, ModelServer, Route, ServingStack, vllm } from '../../../lib';

/** Two models behind one gateway with a body-based router: the model in the request's header chooses the pool. */
export function poolsByModel(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'models', { namespace: 'stacks', kubernetesVersion: '1.35' });
  const serve = (name: string, adapters: readonly string[]) => {
    const image = (part: string) =>
      Model.ociImage({ image: `registry.company.com/models/${part}@sha256:${'b'.repeat(64)}`, version: 'v1' });
    const server = new ModelServer(stack, name, {
      model: image(name),
      image: 'vllm/vllm-openai:v0.26.0',
      runtime: vllm({
        version: '0.26.0',
        maxModelLen: 8192,
        ...(adapters.length === 0
          ? {}
          : { lora: { adapters: Object.fromEntries(adapters.map((one) => [one, image(one)])), maxRank: 32 } }),
      }),
      gpu: {
        claim: {
          deviceClass: 'gpu.nvidia.com',
          selectors: ["device.capacity['gpu.nvidia.com'].memory.isGreaterThan(quantity('40Gi'))"],
        },
      },
      replicas: 3,
      placement: { priorityClassName: 'production', queue: 'serving' },
      resources: { requests: { cpu: '8', memory: '48Gi' }, limits: { memory: '64Gi' } },
    });
    const pool = new InferencePool(stack, `${name}-pool`, {
      servers: [server],
      picker: {
        image: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0',
        replicas: 2,
        scorers: { 'lora-affinity-scorer': 3, 'queue-scorer': 2, 'kv-cache-utilization-scorer': 2 },
        whenDown: 'FailOpen',
      },
    });
    for (const model of [name, ...adapters])
      new Route(stack, `${model}-route`, {
        gateway: { name: 'inference', namespace: 'gateways' },
        headers: { 'X-Gateway-Model-Name': model },
        to: pool,
      });
  };
  serve('llama', ['sql', 'support', 'legal']);
  serve('qwen', []);
  return stack;
}
