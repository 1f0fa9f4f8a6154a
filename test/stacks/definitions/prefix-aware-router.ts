import type { Construct } from 'constructs';
import { Model, ModelCache, ModelServer, ServingStack, VllmRouter, vllm } from '../../../lib';

/** vLLM production-stack, values 18: two engines behind a router that sends a prompt to where its prefix is cached. */
export function prefixAwareRouter(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'chat', { namespace: 'stacks', external: ['Secret/huggingface'] });
  const image = 'lmcache/vllm-openai:v0.26.0';
  const cache = new ModelCache(stack, 'weights', {
    model: Model.huggingFace({
      repo: 'meta-llama/Llama-3.1-8B-Instruct',
      revision: '0e9e39f249a16976918f6564b8830bc894c89659',
      token: { secret: 'huggingface', key: 'token' },
      size: '16Gi',
    }),
    fetcher: image,
    storage: { size: '50Gi', accessMode: 'ReadWriteMany' },
  });
  const server = new ModelServer(stack, 'llama', {
    model: cache.model,
    image,
    runtime: vllm({
      version: '0.26.0',
      prefixCaching: true,
      maxModelLen: 16_384,
      kvTransfer: { kv_connector: 'LMCacheConnectorV1', kv_role: 'kv_both' },
    }),
    replicas: 2,
    gpu: { count: 1 },
    env: { LMCACHE_LOCAL_CPU: true, LMCACHE_MAX_LOCAL_CPU_SIZE: 20 },
    resources: { requests: { cpu: '6', memory: '40Gi' }, limits: { memory: '48Gi' } },
  });
  new VllmRouter(stack, 'router', {
    image: 'lmcache/lmstack-router:0.1.12',
    servers: [server],
    logic: { prefixAware: { minMatchLength: 1 } },
    engineStatsInterval: '15s',
    resources: { requests: { cpu: '400m', memory: '500Mi' }, limits: { memory: '1Gi' } },
  });
  return stack;
}
