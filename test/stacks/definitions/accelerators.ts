import type { Construct } from 'constructs';
import { Model, ModelCache, ModelServer, ServingStack, VllmRouter, vllm } from '../../../lib';

/** One model on the accelerators of three makers, behind a router that keeps a session on one server. */
export function accelerators(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'mixed', { namespace: 'stacks', external: ['Secret/huggingface'] });
  const cache = new ModelCache(stack, 'weights', {
    model: Model.huggingFace({
      repo: 'meta-llama/Llama-3.1-8B-Instruct',
      revision: '0e9e39f249a16976918f6564b8830bc894c89659',
      token: { secret: 'huggingface', key: 'token' },
      size: '16Gi',
    }),
    fetcher: 'vllm/vllm-openai:v0.26.0',
    storage: { size: '40Gi', accessMode: 'ReadWriteMany' },
  });
  const options = { version: '0.26.0', maxModelLen: 8192, servedModelName: 'llama' } as const;
  const common = {
    model: cache.model,
    resources: { requests: { cpu: '8', memory: '48Gi' }, limits: { memory: '64Gi' } },
  } as const;
  const servers = [
    new ModelServer(stack, 'amd', {
      ...common,
      image: 'rocm/vllm:v0.26.0',
      runtime: vllm(options),
      gpu: { vendor: 'amd', count: 1, product: 'AMD_Instinct_MI300X_OAM' },
    }),
    new ModelServer(stack, 'gaudi', {
      ...common,
      image: 'vault.habana.ai/vllm:v0.26.0',
      runtime: vllm(options),
      gpu: { vendor: 'gaudi', count: 1 },
    }),
    new ModelServer(stack, 'tpu', {
      ...common,
      image: 'vllm/vllm-tpu:v0.26.0',
      runtime: vllm({ ...options, tensorParallelSize: 4, sharedMemory: '8Gi' }),
      gpu: { tpu: { accelerator: 'tpu-v6e-slice', topology: '2x2', chips: 4 } },
    }),
  ] as const;
  const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } } as const;
  new VllmRouter(stack, 'router', {
    image: 'lmcache/lmstack-router:0.1.12',
    servers,
    logic: { session: 'x-user-id' },
    resources,
  });
  return stack;
}
