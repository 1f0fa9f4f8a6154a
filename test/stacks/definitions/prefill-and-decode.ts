import type { Construct } from 'constructs';
import { DisaggregatedServer, Model, ServingStack, vllm } from '../../../lib';

const transfer = { kv_connector: 'NixlConnector', kv_role: 'kv_both' };

/** llm-d's guide for prefill and decode apart: two slices of four prefill pods and one decode pod. */
export function prefillAndDecode(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'gpt-oss', { namespace: 'stacks', external: ['PersistentVolumeClaim/weights'] });
  new DisaggregatedServer(stack, 'gpt-oss-120b', {
    model: Model.claim({ claim: 'weights', subPath: 'gpt-oss-120b', path: '/mnt/models', version: 'b5c939de8f75' }),
    image: 'vllm/vllm-openai:v0.26.0',
    slices: 2,
    prefill: {
      runtime: vllm({ version: '0.26.0', kvTransfer: transfer, blockSize: 128 }),
      replicas: 4,
      gpu: { count: 1 },
      resources: { requests: { cpu: '8', memory: '64Gi' }, limits: { memory: '80Gi' } },
    },
    decode: {
      runtime: vllm({ version: '0.26.0', kvTransfer: transfer, blockSize: 128, tensorParallelSize: 4, sharedMemory: '16Gi' }),
      replicas: 1,
      gpu: { count: 4 },
      resources: { requests: { cpu: '16', memory: '96Gi' }, limits: { memory: '128Gi' } },
    },
    sidecar: {
      image: 'ghcr.io/llm-d/llm-d-router-disagg-sidecar:v0.10.0',
      resources: { requests: { cpu: '500m', memory: '256Mi' }, limits: { memory: '512Mi' } },
    },
  });
  return stack;
}
