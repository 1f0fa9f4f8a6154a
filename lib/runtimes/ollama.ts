import type { Runtime } from './runtime';

/** Settings for an Ollama server. */
export interface OllamaOptions {
  /** Context length in tokens. @default - Ollama's own */
  readonly contextLength?: number;
  /** Time that an idle model stays in memory; `-1` is forever. @default '-1' */
  readonly keepAlive?: string;
  /** Number of concurrent requests. @default - Ollama's own */
  readonly parallel?: number;
}

/**
 * Ollama, for development: it has no metrics, reports ready without a model, and its tags can change. The model's source
 * is the Ollama model directory, with `manifests` and `blobs`.
 *
 * @example
 * const runtime = ollama({ contextLength: 8192 });
 * @see https://github.com/ollama/ollama/blob/main/docs/faq.md
 */
export function ollama(options: OllamaOptions = {}): Runtime {
  const { contextLength, keepAlive = '-1', parallel } = options;
  return {
    name: 'ollama',
    ports: { http: 11_434 },
    health: { startup: { path: '/api/tags' }, ready: { path: '/api/tags' }, live: { path: '/' } },
    env: ({ modelPath, ports }) => ({
      OLLAMA_HOST: `0.0.0.0:${ports.http}`,
      OLLAMA_MODELS: modelPath,
      OLLAMA_KEEP_ALIVE: keepAlive,
      HOME: '/tmp/ollama',
      ...(contextLength === undefined ? {} : { OLLAMA_CONTEXT_LENGTH: contextLength }),
      ...(parallel === undefined ? {} : { OLLAMA_NUM_PARALLEL: parallel }),
    }),
    drain: { before: '15s', finish: '60s', onTerm: 'drops' },
    writableDirectories: ['/tmp'],
    streams: true,
    warnings: [
      'Ollama is ready before its model is loaded: the first requests wait for it',
      'Ollama has no metrics: nothing can scale on its load or alert on it',
      'Ollama names models by tags that can change: use vLLM or llama.cpp with a pinned file outside of development',
    ],
  };
}
