import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelCache, ModelServer, ServingStack, SglangRouter, sglang } from '../../../lib';

/** SGLang's recipe for DeepSeek on one node of 8 GPUs: attention per GPU, a draft from the model's own layers, a cache in memory. */
export function dataParallelAttention(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'deepseek-dp', { namespace: 'stacks' });
  const cache = new ModelCache(stack, 'weights', {
    model: Model.huggingFace({
      repo: 'deepseek-ai/DeepSeek-R1-0528',
      revision: '4236a6af538feda4548eca9ab308586007567f52',
      size: '690Gi',
      files: ['*.safetensors', '*.json', '*.py'],
    }),
    fetcher: 'lmsysorg/sglang:v0.5.17',
    storage: { storageClassName: 'nvme-shared', size: '1500Gi' },
    timeout: '6h',
  });
  const server = new ModelServer(stack, 'r1', {
    model: cache.model,
    image: 'lmsysorg/sglang:v0.5.17',
    runtime: sglang({
      version: '0.5.17',
      tensorParallelSize: 8,
      dataParallelSize: 8,
      dataParallelAttention: true,
      kvCacheDtype: 'fp8_e4m3',
      chunkedPrefillSize: 16_384,
      hierarchicalCacheRatio: 2,
      speculative: { algorithm: 'NEXTN', steps: 3, topK: 1, draftTokens: 4 },
      memFractionStatic: 0.88,
      maxRunningRequests: 1024,
      reasoningParser: 'deepseek-r1',
      trustRemoteCode: true,
      extraArgs: ['--enable-dp-lm-head', '--enable-torch-compile'],
    }),
    replicas: 2,
    gpu: { count: 8, product: 'NVIDIA-H200' },
    placement: { spread: 'strict', runtimeClassName: 'nvidia' },
    startupTimeout: '45m',
    resources: { requests: { cpu: '64', memory: '1400Gi' }, limits: { memory: '1800Gi' } },
  });
  const resources = { requests: { cpu: '2', memory: '2Gi' }, limits: { memory: '4Gi' } } as const;
  const router = new SglangRouter(stack, 'router', { image: 'lmsysorg/sglang-router:v0.3.2', servers: [server], resources });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server, router] });
  return stack;
}
