import { type Flag, flagArgs, flagProblems, NATURAL } from './flags';
import type { Runtime, ServerFacts } from './runtime';

/** Settings for llama.cpp's server. */
export interface LlamaCppOptions {
  /** Model file inside its source. @default - the source is the file */
  readonly file?: string;
  /** Maximum prompt plus response in tokens. @default - the model's own */
  readonly contextSize?: number;
  /** Number of layers on the GPU. @default - none without a GPU, else all */
  readonly gpuLayers?: number;
  /** Number of concurrent requests. @default 1 */
  readonly parallel?: number;
  /** Number of compute threads. @default - one per core */
  readonly threads?: number;
  /** Additional arguments not covered by other options. @default - none */
  readonly extraArgs?: readonly string[];
}

/**
 * llama.cpp's server for GGUF models, on CPUs and GPUs, with an OpenAI-compatible API.
 *
 * @example
 * const runtime = llamaCpp({ contextSize: 8192, parallel: 4 });
 * @see https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 */
export function llamaCpp(options: LlamaCppOptions = {}): Runtime {
  const { extraArgs = [] } = options;
  return {
    name: 'llama-cpp',
    ports: { http: 8080 },
    health: { startup: { path: '/health' }, ready: { path: '/health' }, live: { tcp: true } },
    command: (facts) => ({ args: [...flagArgs(flags(options, facts)), ...extraArgs] }),
    env: () => ({ HOME: '/tmp', LLAMA_CACHE: '/tmp/llama' }),
    drain: { before: '15s', finish: '60s', onTerm: 'refuses' },
    startupTimeout: '15m',
    writableDirectories: ['/tmp'],
    metrics: {
      path: '/metrics',
      series: {
        queue: { series: 'llamacpp:requests_deferred', kind: 'gauge' },
        running: { series: 'llamacpp:requests_processing', kind: 'gauge' },
        cache: { series: 'llamacpp:n_busy_slots_per_decode', kind: 'counter' },
      },
      also: ['llamacpp:prompt_tokens_total', 'llamacpp:tokens_predicted_total', 'llamacpp:predicted_tokens_seconds'],
    },
    streams: true,
    problems: flagProblems('llama.cpp', undefined, flags(options, undefined), extraArgs),
  };
}

function flags(options: LlamaCppOptions, facts: ServerFacts | undefined): readonly Flag[] {
  const path = facts?.modelPath ?? '/mnt/models';
  const gpuLayers = options.gpuLayers ?? ((facts?.gpus ?? 0) > 0 ? 999 : undefined);
  return [
    { flag: '--model', value: options.file === undefined ? path : `${path}/${options.file}`, option: 'file' },
    { flag: '--alias', value: facts?.modelName ?? 'model', option: 'modelName' },
    // By default it listens on the loopback address, and its default port has changed between versions.
    { flag: '--host', value: '0.0.0.0', option: 'version' },
    { flag: '--port', value: facts?.ports.http ?? 8080, option: 'version' },
    { flag: '--metrics', value: true, option: 'version' },
    { flag: '--offline', value: true, option: 'version' },
    { flag: '--ctx-size', value: options.contextSize, option: 'contextSize' },
    { flag: '--n-gpu-layers', value: gpuLayers, option: 'gpuLayers' },
    { flag: '--parallel', value: options.parallel, option: 'parallel', form: NATURAL },
    { flag: '--threads', value: options.threads, option: 'threads' },
  ];
}
