import { type Flag, flagArgs, flagProblems, NATURAL } from './flags';
import type { Runtime, ServerFacts } from './runtime';
import { VLLM_METRICS } from './vllm';

/** Settings for KServe's Hugging Face server. */
export interface HuggingFaceServerOptions {
  /** Version of KServe in the image. @default - unknown */
  readonly version?: `${number}.${number}.${number}`;
  /** Inference backend: vLLM for generative models, the transformers library for others. @default 'auto' */
  readonly backend?: 'auto' | 'vllm' | 'huggingface';
  /** Task of the model. @default - from the model's config */
  readonly task?:
    | 'text_generation'
    | 'text2text_generation'
    | 'fill_mask'
    | 'token_classification'
    | 'sequence_classification'
    | 'text_embedding';
  /** Longest input in tokens. @default - the model's own */
  readonly maxModelLen?: number;
  /** Data type of weights and activations. @default 'auto' */
  readonly dtype?: 'auto' | 'bfloat16' | 'float16' | 'float32';
  /** Additional arguments not covered by other options. @default - none */
  readonly extraArgs?: readonly string[];
}

const HOME = '/tmp/home';

/**
 * KServe's Hugging Face server, for classifiers, embeddings and generative models.
 *
 * @example
 * const runtime = huggingFace({ version: '0.20.0', backend: 'huggingface', task: 'sequence_classification' });
 * @see https://github.com/kserve/kserve/tree/master/python/huggingfaceserver
 * @see https://github.com/kserve/kserve/blob/master/config/runtimes/kserve-huggingfaceserver.yaml
 */
export function huggingFace(options: HuggingFaceServerOptions = {}): Runtime {
  const { version, backend = 'auto', extraArgs = [] } = options;
  const generates = backend === 'vllm';
  return {
    name: 'hugging-face',
    ...(version === undefined ? {} : { version }),
    ports: { http: 8080, grpc: 8081 },
    // Its liveness route stays healthy after the engine has died.
    health: { startup: { path: '/v2/health/ready' }, ready: { path: '/v2/health/ready' }, live: { path: '/v2/health/live' } },
    command: (facts) => ({
      command: ['python3', '-m', 'huggingfaceserver'],
      args: [...flagArgs(flags(options, facts), 'equals'), ...extraArgs],
    }),
    env: () => ({
      HOME,
      HF_HOME: '/tmp/hugging-face',
      VLLM_CACHE_ROOT: '/tmp/vllm',
      VLLM_CONFIG_ROOT: '/tmp/vllm',
      TRITON_CACHE_DIR: '/tmp/triton',
      TORCHINDUCTOR_CACHE_DIR: '/tmp/inductor',
      VLLM_WORKER_MULTIPROC_METHOD: 'spawn',
      HF_HUB_OFFLINE: 1,
      HF_HUB_DISABLE_TELEMETRY: 1,
      DO_NOT_TRACK: 1,
    }),
    // Connections are kept alive for 65 s.
    drain: { before: '15s', finish: '65s', onTerm: 'refuses' },
    startupTimeout: '20m',
    sharedMemory: (gpus) => (gpus > 0 ? '3Gi' : undefined),
    writableDirectories: ['/tmp'],
    user: { uid: 1000, gid: 1000 },
    metrics: {
      path: '/metrics',
      series: {
        ...(generates ? VLLM_METRICS.series : {}),
        requestSeconds: { series: 'request_predict_seconds', kind: 'histogram' },
      },
      also: ['request_preprocess_seconds', 'request_postprocess_seconds'],
    },
    streams: generates,
    fetchesFromHub: true,
    problems: flagProblems('The Hugging Face server', version, flags(options, undefined), extraArgs),
  };
}

function flags(options: HuggingFaceServerOptions, facts: ServerFacts | undefined): readonly Flag[] {
  return [
    { flag: '--model_name', value: facts?.modelName ?? 'model', option: 'modelName' },
    { flag: '--model_dir', value: facts?.modelPath ?? '/mnt/models', option: 'model' },
    { flag: '--http_port', value: facts?.ports.http ?? 8080, option: 'version' },
    { flag: '--grpc_port', value: facts?.ports.grpc ?? 8081, option: 'version' },
    { flag: '--backend', value: options.backend, option: 'backend' },
    { flag: '--task', value: options.task, option: 'task' },
    { flag: '--max_model_len', value: options.maxModelLen, option: 'maxModelLen', form: NATURAL },
    { flag: '--dtype', value: options.dtype, option: 'dtype' },
  ];
}
