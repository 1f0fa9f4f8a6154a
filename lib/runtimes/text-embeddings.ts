import { type Flag, flagArgs, flagProblems } from './flags';
import type { Runtime, ServerFacts } from './runtime';

/** Settings of Text Embeddings Inference. */
export interface TextEmbeddingsOptions {
  /** Version of the server. @default - unknown */
  readonly version?: `${number}.${number}.${number}`;
  /** Type of weights and activations. @default - chosen by the device */
  readonly dtype?: 'float16' | 'float32';
  /** Tokens of one batch. @default 16384 */
  readonly maxBatchTokens?: number;
  /** Requests at once; more are refused. @default 512 */
  readonly maxConcurrentRequests?: number;
  /** How token vectors become one vector. @default - as the model says */
  readonly pooling?: 'cls' | 'mean' | 'splade' | 'last-token';
  /** Whether inputs that are too long are cut. @default false */
  readonly autoTruncate?: boolean;
  /** Arguments that no option covers. @default - none */
  readonly extraArgs?: readonly string[];
}

/**
 * Text Embeddings Inference, for embeddings, rerankers and classifiers. There is one image for each generation of GPUs.
 *
 * @example
 * const runtime = textEmbeddings({ version: '1.9.4', maxBatchTokens: 32_768 });
 * @see https://huggingface.co/docs/text-embeddings-inference/cli_arguments
 */
export function textEmbeddings(options: TextEmbeddingsOptions = {}): Runtime {
  const { version, extraArgs = [] } = options;
  return {
    name: 'text-embeddings',
    ...(version === undefined ? {} : { version }),
    ports: { http: 8080 },
    health: { startup: { path: '/health' }, ready: { path: '/health' }, live: { tcp: true } },
    command: (facts) => ({ args: [...flagArgs(flags(options, facts)), ...extraArgs] }),
    env: () => ({ HOME: '/tmp', HUGGINGFACE_HUB_CACHE: '/tmp/hub', HF_HOME: '/tmp/hugging-face', HF_HUB_OFFLINE: 1 }),
    drain: { before: '15s', finish: '30s', onTerm: 'refuses' },
    startupTimeout: '10m',
    writableDirectories: ['/tmp'],
    metrics: {
      path: '/metrics',
      series: {
        queue: { series: 'te_queue_size', kind: 'gauge' },
        requestSeconds: { series: 'te_request_duration', kind: 'histogram' },
      },
      also: ['te_request_count', 'te_request_success', 'te_batch_next_size'],
    },
    problems: flagProblems('Text Embeddings Inference', version, flags(options, undefined), extraArgs),
  };
}

function flags(options: TextEmbeddingsOptions, facts: ServerFacts | undefined): readonly Flag[] {
  return [
    { flag: '--model-id', value: facts?.modelPath ?? '/mnt/models', option: 'model' },
    { flag: '--hostname', value: '0.0.0.0', option: 'version' },
    // The image listens on port 80, which an unprivileged user cannot.
    { flag: '--port', value: facts?.ports.http ?? 8080, option: 'version' },
    { flag: '--dtype', value: options.dtype, option: 'dtype' },
    { flag: '--max-batch-tokens', value: options.maxBatchTokens, option: 'maxBatchTokens' },
    { flag: '--max-concurrent-requests', value: options.maxConcurrentRequests, option: 'maxConcurrentRequests' },
    { flag: '--pooling', value: options.pooling, option: 'pooling' },
    { flag: '--auto-truncate', value: options.autoTruncate, option: 'autoTruncate' },
  ];
}
