import { type Flag, flagArgs, flagProblems, NATURAL } from './flags';
import type { Runtime, ServerFacts } from './runtime';

/** Settings for Text Embeddings Inference. */
export interface TextEmbeddingsOptions {
  /** Version of the server. @default - unknown */
  readonly version?: `${number}.${number}.${number}`;
  /** Data type of weights and activations. @default - chosen by the device */
  readonly dtype?: 'float16' | 'float32';
  /** Maximum tokens per batch. @default 16384 */
  readonly maxBatchTokens?: number;
  /** Maximum number of concurrent requests; more are refused. @default 512 */
  readonly maxConcurrentRequests?: number;
  /** Pooling of token vectors. @default - from the model's config */
  readonly pooling?: 'cls' | 'mean' | 'splade' | 'last-token';
  /** Whether to truncate inputs that are too long. @default false */
  readonly autoTruncate?: boolean;
  /** Additional arguments not covered by other options. @default - none */
  readonly extraArgs?: readonly string[];
}

/**
 * Text Embeddings Inference, for embeddings, rerankers and classifiers. Each GPU generation has its own image.
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
    // By default it listens on port 80, which an unprivileged user cannot open.
    { flag: '--port', value: facts?.ports.http ?? 8080, option: 'version' },
    { flag: '--dtype', value: options.dtype, option: 'dtype' },
    { flag: '--max-batch-tokens', value: options.maxBatchTokens, option: 'maxBatchTokens', form: NATURAL },
    { flag: '--max-concurrent-requests', value: options.maxConcurrentRequests, option: 'maxConcurrentRequests', form: NATURAL },
    { flag: '--pooling', value: options.pooling, option: 'pooling' },
    { flag: '--auto-truncate', value: options.autoTruncate, option: 'autoTruncate' },
  ];
}
