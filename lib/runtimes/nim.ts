import type { SecretRef } from '../kube/named';
import type { MemoryQuantity } from '../kube/quantity';
import type { Runtime } from './runtime';
import { VLLM_METRICS } from './vllm';

/** Settings for a NIM for language models. */
export interface NimOptions {
  /** Version of the NIM, `1.1.0` or `2.1.7`. */
  readonly version: `${number}.${number}.${number}`;
  /** API key of the NGC catalog. @default - the model needs none */
  readonly apiKey?: SecretRef;
  /** Cache directory; mount a PVC there to keep it. @default '/opt/nim/.cache' */
  readonly cache?: `/${string}`;
  /** Model profile, such as a quantization. @default - chosen by the GPUs */
  readonly profile?: string;
  /** Maximum prompt plus response in tokens. @default - the model's own */
  readonly maxModelLen?: number;
  /** Model name in requests. @default - the model's own */
  readonly servedModelName?: string;
  /** Whether the cache is already filled and downloads are not allowed. @default false */
  readonly offline?: boolean;
  /** Size of `/dev/shm`. @default '16Gi' */
  readonly sharedMemory?: MemoryQuantity;
}

/**
 * NVIDIA NIM for language models: one image per model, with the engine included. Name the image with `Model.baked`.
 *
 * @example
 * const runtime = nim({ version: '1.1.0', apiKey: { secret: 'ngc-api', key: 'NGC_API_KEY' } });
 * @see https://docs.nvidia.com/nim/large-language-models/latest/configuration.html
 * @see https://github.com/NVIDIA/k8s-nim-operator
 */
export function nim(options: NimOptions): Runtime {
  const { version, apiKey, cache = '/opt/nim/.cache', profile, maxModelLen, servedModelName, offline = false } = options;
  return {
    name: 'nim',
    version,
    ports: { http: 8000 },
    health: { startup: { path: '/v1/health/ready' }, ready: { path: '/v1/health/ready' }, live: { path: '/v1/health/live' } },
    env: ({ ports }) => ({
      NIM_SERVER_PORT: ports.http,
      NIM_CACHE_PATH: cache,
      OUTLINES_CACHE_DIR: '/tmp/outlines',
      HOME: '/tmp/home',
      ...(apiKey === undefined ? {} : { NGC_API_KEY: { secret: apiKey.secret, key: apiKey.key ?? 'NGC_API_KEY' } }),
      ...(profile === undefined ? {} : { NIM_MODEL_PROFILE: profile }),
      ...(maxModelLen === undefined ? {} : { NIM_MAX_MODEL_LEN: maxModelLen }),
      ...(servedModelName === undefined ? {} : { NIM_SERVED_MODEL_NAME: servedModelName }),
      ...(offline ? { HF_HUB_OFFLINE: 1 } : {}),
    }),
    drain: { before: '15s', finish: '60s', onTerm: 'refuses' },
    startupTimeout: '30m',
    sharedMemory: () => options.sharedMemory ?? '16Gi',
    writableDirectories: ['/tmp', cache],
    user: { uid: 1000, gid: 2000, fsGroup: 2000 },
    metrics: { ...VLLM_METRICS, path: Number(version.split('.')[0]) >= 2 ? '/v1/metrics' : '/metrics' },
    streams: true,
  };
}
