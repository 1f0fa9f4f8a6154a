import type { Construct } from 'constructs';
import type { ServingStack } from '../../../lib';
import { accelerators } from './accelerators';
import { adaptersAndKeda } from './adapters-and-keda';
import { canaryWithObjectives } from './canary-with-objectives';
import { chatForDevelopers } from './chat-for-developers';
import { embeddingsAndReranker } from './embeddings-and-reranker';
import { gatewayAndKeda } from './gateway-and-keda';
import { nimLlama } from './nim-llama';
import { optimisedBaseline } from './optimised-baseline';
import { ownRuntime } from './own-runtime';
import { prefillAndDecode } from './prefill-and-decode';
import { prefixAwareRouter } from './prefix-aware-router';
import { quantizedOnCpus } from './quantized-on-cpus';
import { rayServeLlm } from './ray-serve';
import { sglangDisaggregated } from './sglang-disaggregated';
import { sglangRouter } from './sglang-router';
import { sglangServer } from './sglang-server';
import { speechToText } from './speech-to-text';
import { tritonEnsemble } from './triton-ensemble';
import { tritonRepository } from './triton-repository';
import { twoNodes } from './two-nodes';

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
};
