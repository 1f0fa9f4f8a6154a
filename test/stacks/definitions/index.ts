import type { Construct } from 'constructs';
import type { ServingStack } from '../../../lib';
import { accelerators } from './accelerators';
import { adaptersAndKeda } from './adapters-and-keda';
import { canaryWithObjectives } from './canary-with-objectives';
import { chatForDevelopers } from './chat-for-developers';
import { classicModels } from './classic-models';
import { dataParallelAttention } from './data-parallel-attention';
import { embeddingsAndReranker } from './embeddings-and-reranker';
import { gatewayAndKeda } from './gateway-and-keda';
import { inferentia } from './inferentia';
import { modelsBehindAGateway } from './models-behind-a-gateway';
import { modelsCompared } from './models-compared';
import { nimLlama } from './nim-llama';
import { nimRetrieval } from './nim-retrieval';
import { openvinoGenerative } from './openvino-generative';
import { optimisedBaseline } from './optimised-baseline';
import { ownRuntime } from './own-runtime';
import { poolsByModel } from './pools-by-model';
import { prefillAndDecode } from './prefill-and-decode';
import { prefixAwareRouter } from './prefix-aware-router';
import { proxyWithCertificates } from './proxy-with-certificates';
import { quantizedOnCpus } from './quantized-on-cpus';
import { rayServeLlm } from './ray-serve';
import { sglangDisaggregated } from './sglang-disaggregated';
import { sglangExpertParallel } from './sglang-expert-parallel';
import { sglangRouter } from './sglang-router';
import { sglangServer } from './sglang-server';
import { sharedKvCache } from './shared-kv-cache';
import { speculativeDecoding } from './speculative-decoding';
import { speechToText } from './speech-to-text';
import { spotWithFallback } from './spot-with-fallback';
import { tensorrtLlm } from './tensorrt-llm';
import { tpuSlices } from './tpu-slices';
import { tritonEngines } from './triton-engines';
import { tritonEnsemble } from './triton-ensemble';
import { tritonRepository } from './triton-repository';
import { twoNodes } from './two-nodes';
import { wideExpertParallel } from './wide-expert-parallel';

/** Serving stacks that people run, each by the function that builds it and the file that it is in. */
export const STACKS: Readonly<Record<string, (scope: Construct) => ServingStack>> = {
  'prefix-aware-router': prefixAwareRouter,
  'gateway-and-keda': gatewayAndKeda,
  'optimised-baseline': optimisedBaseline,
  'prefill-and-decode': prefillAndDecode,
  'two-nodes': twoNodes,
  'triton-repository': tritonRepository,
  'nim-llama': nimLlama,
  'sglang-server': sglangServer,
  'ray-serve': rayServeLlm,
  'adapters-and-keda': adaptersAndKeda,
  'own-runtime': ownRuntime,
  'embeddings-and-reranker': embeddingsAndReranker,
  'speech-to-text': speechToText,
  'quantized-on-cpus': quantizedOnCpus,
  'sglang-disaggregated': sglangDisaggregated,
  'triton-ensemble': tritonEnsemble,
  accelerators: accelerators,
  'canary-with-objectives': canaryWithObjectives,
  'chat-for-developers': chatForDevelopers,
  'sglang-router': sglangRouter,
  'models-behind-a-gateway': modelsBehindAGateway,
  'shared-kv-cache': sharedKvCache,
  'speculative-decoding': speculativeDecoding,
  'pools-by-model': poolsByModel,
  'sglang-expert-parallel': sglangExpertParallel,
  'spot-with-fallback': spotWithFallback,
  'classic-models': classicModels,
  'nim-retrieval': nimRetrieval,
  'data-parallel-attention': dataParallelAttention,
  inferentia: inferentia,
  'wide-expert-parallel': wideExpertParallel,
  'proxy-with-certificates': proxyWithCertificates,
  'models-compared': modelsCompared,
  'triton-engines': tritonEngines,
  'openvino-generative': openvinoGenerative,
  'tpu-slices': tpuSlices,
  'tensorrt-llm': tensorrtLlm,
};
