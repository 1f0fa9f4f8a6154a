import type { Construct } from 'constructs';
import { DisaggregatedServer, Model, ModelCache, Route, ServingStack, sglang } from '../../../lib';

/** SGLang with prefill and decode apart, DeepSeek over two nodes of eight GPUs each, queued by Kueue, in one rack. */
export function sglangDisaggregated(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'deepseek', { namespace: 'stacks', external: ['Secret/huggingface', 'Gateway/public'] });
  const image = 'lmsysorg/sglang:v0.5.17';
  const cache = new ModelCache(stack, 'weights', {
    model: Model.huggingFace({
      repo: 'deepseek-ai/DeepSeek-V3',
      revision: 'e815299b0bcbac849fa540c768ef21845365c9eb',
      token: { secret: 'huggingface', key: 'token' },
      size: '700Gi',
    }),
    fetcher: image,
    storage: { size: '1500Gi', storageClassName: 'shared', accessMode: 'ReadWriteMany' },
  });
  const role = {
    nodes: 2,
    gpu: { count: 8, product: 'NVIDIA-H200' },
    placement: { together: 'topology.kubernetes.io/rack', queue: 'serving' },
    resources: { requests: { cpu: '64', memory: '1024Gi' }, limits: { memory: '1536Gi' } },
  } as const;
  const options = { version: '0.5.17', tensorParallelSize: 16, transfer: { backend: 'nixl' } } as const;
  const server = new DisaggregatedServer(stack, 'v3', {
    model: cache.model,
    image,
    prefill: { ...role, runtime: sglang(options), replicas: 1 },
    decode: { ...role, runtime: sglang({ ...options, maxRunningRequests: 256 }), replicas: 2 },
  });
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, to: server });
  return stack;
}
