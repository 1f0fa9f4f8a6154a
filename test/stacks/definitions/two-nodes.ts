import type { Construct } from 'constructs';
import { Model, ModelServer, ServingStack, vllm } from '../../../lib';

/** The LeaderWorkerSet project's example: Llama 3.1 405B over two nodes, without Ray. */
export function twoNodes(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'llama', { namespace: 'stacks', external: ['PersistentVolumeClaim/weights'] });
  new ModelServer(stack, 'llama-405b', {
    model: Model.claim({ claim: 'weights', subPath: 'llama-3.1-405b-instruct', path: '/mnt/models', version: 'be673f326cab' }),
    image: 'vllm/vllm-openai:v0.28.0',
    runtime: vllm({
      version: '0.28.0',
      tensorParallelSize: 8,
      pipelineParallelSize: 2,
      maxModelLen: 32_768,
      sharedMemory: '15Gi',
    }),
    nodes: 2,
    replicas: 2,
    gpu: { count: 8 },
    placement: { together: 'topology.kubernetes.io/zone' },
    resources: { requests: { cpu: '64', memory: '512Gi' }, limits: { memory: '1024Gi' } },
  });
  return stack;
}
