import { type DurationText, seconds } from '../kube/duration';
import type { Natural, PositiveFraction } from '../kube/literals';
import type { SecretRef } from '../kube/named';
import type { Env } from '../kube/pod';
import type { HealthChecks } from '../kube/probes';
import type { MemoryQuantity } from '../kube/quantity';
import type { ModelSource } from '../model/model';
import { DRAFT, draftProblem, rankProblem } from './adapters';
import { type Flag, flagArgs, flagProblems, MEMORY_FRACTION, NATURAL, valueProblems } from './flags';
import { inVersion, type RuntimeMetrics } from './metrics';
import type { Runtime, ServerFacts } from './runtime';
import { GROUP_FLAGS, groupArgs, loadBalancingFacts } from './vllm-group';

/** Settings for a vLLM server. */
export interface VllmOptions {
  /** Version of vLLM in the image; unsupported flags are refused. */
  readonly version: `${number}.${number}.${number}`;
  /** Model name in requests. @default - the model's name */
  readonly servedModelName?: string;
  /** Number of GPUs per replica for tensor parallelism. @default 1 */
  readonly tensorParallelSize?: number;
  /** Number of pipeline stages per replica. @default 1 */
  readonly pipelineParallelSize?: number;
  /** Number of replicas in one server, each with its own GPUs. @default 1 */
  readonly dataParallelSize?: number;
  /**
   * Who distributes requests over the replicas of a server on several nodes: the first node (`internal`), or the Service or router
   * over all nodes, each of which distributes over its own replicas (`hybrid`).
   * @default 'internal'
   * @see https://docs.vllm.ai/en/latest/serving/data_parallel_deployment.html#hybrid-load-balancing
   */
  readonly dataParallelLoadBalancing?: 'internal' | 'hybrid';
  /** Whether to distribute the experts of a mixture over the GPUs. @default false */
  readonly expertParallel?: boolean;
  /** Maximum prompt plus response in tokens. @default - the model's own, which often does not fit */
  readonly maxModelLen?: number;
  /** Fraction of each GPU's memory. @default 0.9 */
  readonly gpuMemoryUtilization?: number;
  /** Number of concurrent requests. @default - vLLM's own */
  readonly maxNumSeqs?: number;
  /** Maximum tokens per step. @default - vLLM's own */
  readonly maxNumBatchedTokens?: number;
  /** Tokens per block of the KV cache. @default - vLLM's own */
  readonly blockSize?: number;
  /** Data type of weights and activations. @default 'auto' */
  readonly dtype?: 'auto' | 'bfloat16' | 'float16' | 'float32';
  /** Quantization of the weights. @default - from the model's config */
  readonly quantization?:
    | 'fp8'
    | 'awq'
    | 'gptq'
    | 'awq_marlin'
    | 'gptq_marlin'
    | 'bitsandbytes'
    | 'compressed-tensors'
    | 'modelopt';
  /** Data type of the KV cache. @default 'auto' */
  readonly kvCacheDtype?: 'auto' | 'fp8' | 'fp8_e4m3' | 'fp8_e5m2';
  /** Whether requests share prompt prefixes. @default - vLLM's own */
  readonly prefixCaching?: boolean;
  /** Whether to compute long prompts in chunks. @default - vLLM's own */
  readonly chunkedPrefill?: boolean;
  /** Whether code from the model's repository may run. @default false */
  readonly trustRemoteCode?: boolean;
  /** Tool call parser; enables automatic tool choice. @default - none */
  readonly toolCallParser?: string;
  /** Reasoning parser. @default - none */
  readonly reasoningParser?: string;
  /** KV transfer between servers or to another store, as vLLM's JSON. @default - none */
  readonly kvTransfer?: Readonly<Record<string, unknown>>;
  /**
   * Key that clients send as a bearer token. vLLM checks it below `/v1` only, and readiness therefore asks `/health`.
   * @default - no key
   * @see https://docs.vllm.ai/en/latest/usage/security/
   */
  readonly apiKey?: SecretRef;
  /** Chat template: a path of `files` or in the image. @default - the model's own */
  readonly chatTemplate?: `/${string}`;
  /** Speculative decoding: a cheaper way proposes tokens, and the model verifies them. @default - none */
  readonly speculative?: {
    /** How tokens are proposed, such as `ngram`, `eagle3` or `mtp`. @default - as the draft model needs it */
    readonly method?: 'ngram' | 'eagle' | 'eagle3' | 'medusa' | 'mlp_speculator' | 'mtp' | 'draft_model' | 'suffix';
    /** Number of tokens per step. */
    readonly tokens: number;
    /** Model that proposes them. @default - none: the method needs no model */
    readonly draft?: ModelSource;
    /** More of vLLM's JSON, such as `prompt_lookup_max`. @default - none */
    readonly more?: Readonly<Record<string, unknown>>;
  };
  /**
   * Idle time before it closes a connection. Longer than that of proxies and clients in front, or a request that meets the close
   * is reset.
   * @default '120s'; vLLM's own is 5s
   */
  readonly keepAlive?: DurationText;
  /**
   * Adapters loaded at startup, as part of the release. Loading at runtime is not supported: it would change pods outside any
   * release.
   * @default - none
   */
  readonly lora?: {
    /** Adapters by their name in requests. */
    readonly adapters: Readonly<Record<string, ModelSource>>;
    /** Maximum rank of the adapters. @default 16 */
    readonly maxRank?: 8 | 16 | 32 | 64 | 128 | 256 | 320 | 512;
    /** Ranks of the adapters where known, checked against `maxRank`. @default - not checked */
    readonly ranks?: Readonly<Record<string, number>>;
    /** Maximum number of adapters in GPU memory. @default - all of them */
    readonly maxLoaded?: number;
  };
  /** Size of `/dev/shm`. @default - none for one GPU, 2Gi per GPU with tensor parallelism */
  readonly sharedMemory?: MemoryQuantity;
  /** Additional arguments not covered by other options. @default - none */
  readonly extraArgs?: readonly string[];
}

/** Series names. @see https://docs.vllm.ai/en/latest/design/metrics.html */
export const VLLM_METRICS: RuntimeMetrics = {
  path: '/metrics',
  series: {
    queue: { series: 'vllm:num_requests_waiting', kind: 'gauge' },
    running: { series: 'vllm:num_requests_running', kind: 'gauge' },
    cache: [
      { series: 'vllm:kv_cache_usage_perc', kind: 'gauge', since: '0.11.0' },
      { series: 'vllm:gpu_cache_usage_perc', kind: 'gauge', until: '0.11.0' },
    ],
    requestSeconds: { series: 'vllm:e2e_request_latency_seconds', kind: 'histogram' },
    firstTokenSeconds: { series: 'vllm:time_to_first_token_seconds', kind: 'histogram' },
  },
  also: [
    'vllm:request_queue_time_seconds',
    'vllm:inter_token_latency_seconds',
    'vllm:request_success_total',
    'vllm:prompt_tokens_total',
    'vllm:generation_tokens_total',
    'vllm:num_preemptions_total',
    'vllm:lora_requests_info',
    'vllm:prefix_cache_queries_total',
    'vllm:prefix_cache_hits_total',
  ],
};

const HOME = '/home/vllm';

/** vLLM writes only below its home directory: a user without an entry in /etc/passwd has none, and `/` is not writable. */
const ENV = {
  HOME,
  USER: 'vllm',
  LOGNAME: 'vllm',
  HF_HOME: `${HOME}/hugging-face`,
  VLLM_CACHE_ROOT: `${HOME}/cache`,
  VLLM_CONFIG_ROOT: `${HOME}/config`,
  XDG_CACHE_HOME: `${HOME}/xdg-cache`,
  XDG_CONFIG_HOME: `${HOME}/xdg-config`,
  TRITON_CACHE_DIR: `${HOME}/triton`,
  TORCHINDUCTOR_CACHE_DIR: `${HOME}/inductor`,
  NUMBA_CACHE_DIR: `${HOME}/numba`,
  OUTLINES_CACHE_DIR: `${HOME}/outlines`,
  HF_HUB_OFFLINE: 1,
  TRANSFORMERS_OFFLINE: 1,
  VLLM_NO_USAGE_STATS: 1,
  DO_NOT_TRACK: 1,
};

/**
 * vLLM, a language model server with an OpenAI-compatible API. The model is always a local directory, so it runs offline.
 *
 * @example
 * const runtime = vllm({ version: '0.26.0', tensorParallelSize: 2, maxModelLen: 32_768, quantization: 'fp8' });
 * @see https://docs.vllm.ai/en/latest/cli/serve.html
 * @see https://docs.vllm.ai/en/latest/deployment/k8s.html
 */
export function vllm<const Fraction extends number, const Tokens extends number, const Parallel extends number>(
  options: Omit<VllmOptions, 'gpuMemoryUtilization' | 'maxModelLen' | 'tensorParallelSize'> & {
    /** Number of GPUs per replica for tensor parallelism. @default 1 */
    readonly tensorParallelSize?: Natural<Parallel>;
    /** Maximum prompt plus response in tokens. @default - the model's own, which often does not fit */
    readonly maxModelLen?: Natural<Tokens>;
    /** Fraction of the device's memory that the server takes. @default 0.9 */
    readonly gpuMemoryUtilization?: PositiveFraction<Fraction>;
  },
): Runtime;
export function vllm(options: VllmOptions): Runtime {
  const {
    version,
    lora,
    tensorParallelSize: tensor = 1,
    pipelineParallelSize: pipeline = 1,
    dataParallelSize: data = 1,
  } = options;
  const { gpuMemoryUtilization: utilization = 0.9, maxModelLen, quantization, kvCacheDtype, extraArgs = [] } = options;
  const { apiKey, speculative, keepAlive = '120s' } = options;
  const direct = transfersDirectly(options.kvTransfer);
  const adapters = Object.keys(lora?.adapters ?? {});
  const models = { ...lora?.adapters, ...(speculative?.draft === undefined ? {} : { [DRAFT]: speculative.draft }) };
  return {
    name: 'vllm',
    version,
    ports: { http: 8000, ...(direct ? { kv: 5600 } : {}) },
    health: healthOf(apiKey),
    command: (facts) => ({
      command: ['vllm', 'serve'],
      args: [
        facts.modelPath,
        ...flagArgs(flags(options, facts)),
        ...loraModules(facts),
        ...groupArgs(options, facts),
        ...extraArgs,
      ],
    }),
    env: (facts) => ({
      ...ENV,
      // By default it closes connections after 5 idle seconds; a proxy that sends a request at that moment gets a reset.
      VLLM_HTTP_TIMEOUT_KEEP_ALIVE: seconds(keepAlive),
      ...(apiKey === undefined ? {} : { VLLM_API_KEY: { secret: apiKey.secret, key: apiKey.key ?? 'api-key' } }),
      ...(direct ? transferEnv(facts) : {}),
    }),
    // It refuses connections as soon as it receives SIGTERM.
    drain: { before: '15s', finish: '45s', onTerm: 'refuses' },
    startupTimeout: '30m',
    sharedMemory: () => options.sharedMemory ?? (tensor * pipeline > 1 ? `${2 * tensor}Gi` : undefined),
    writableDirectories: ['/tmp', HOME],
    metrics: VLLM_METRICS,
    streams: true,
    devices: tensor * pipeline * data,
    memory: {
      utilization,
      ...(maxModelLen === undefined ? {} : { maxModelLen }),
      ...weightBits(quantization),
      ...(kvCacheDtype?.startsWith('fp8') ? { kvBytes: 1 as const } : {}),
    },
    fetchesFromHub: true,
    ...loadBalancingFacts(options),
    ...(Object.keys(models).length === 0 ? {} : { adapters: models }),
    ...(direct ? { groupPorts: ['kv'] } : {}),
    problems: [
      ...flagProblems('vLLM', version, flags(options, undefined), extraArgs),
      ...(speculative === undefined ? [] : valueProblems('vLLM', 'speculative.tokens', speculative.tokens, NATURAL)),
      ...(adapters.includes(DRAFT) ? [draftProblem()] : []),
      ...adapters.flatMap((name) => rankProblem(name, lora?.ranks?.[name], lora?.maxRank ?? 16)),
    ],
  };
}

function flags(options: VllmOptions, facts: ServerFacts | undefined): readonly Flag[] {
  const { lora, kvTransfer, speculative } = options;
  const switched = (on: boolean | undefined, name: string, option: string): Flag => ({
    flag: on === false ? `--no-${name}` : `--${name}`,
    value: on === undefined ? undefined : true,
    option,
  });
  return [
    { flag: '--host', value: '0.0.0.0', option: 'version' },
    { flag: '--port', value: facts?.ports.http ?? 8000, option: 'version' },
    { flag: '--served-model-name', value: options.servedModelName ?? facts?.modelName ?? 'model', option: 'servedModelName' },
    { flag: '--tensor-parallel-size', value: options.tensorParallelSize, option: 'tensorParallelSize', form: NATURAL },
    { flag: '--pipeline-parallel-size', value: options.pipelineParallelSize, option: 'pipelineParallelSize', form: NATURAL },
    { flag: '--data-parallel-size', value: options.dataParallelSize, option: 'dataParallelSize', form: NATURAL },
    ...GROUP_FLAGS,
    { flag: '--enable-expert-parallel', value: options.expertParallel, option: 'expertParallel' },
    { flag: '--max-model-len', value: options.maxModelLen, option: 'maxModelLen', form: NATURAL },
    {
      flag: '--gpu-memory-utilization',
      value: options.gpuMemoryUtilization,
      option: 'gpuMemoryUtilization',
      form: MEMORY_FRACTION,
    },
    { flag: '--max-num-seqs', value: options.maxNumSeqs, option: 'maxNumSeqs', form: NATURAL },
    { flag: '--max-num-batched-tokens', value: options.maxNumBatchedTokens, option: 'maxNumBatchedTokens', form: NATURAL },
    { flag: '--block-size', value: options.blockSize, option: 'blockSize', form: NATURAL },
    { flag: '--dtype', value: options.dtype, option: 'dtype' },
    { flag: '--quantization', value: options.quantization, option: 'quantization' },
    { flag: '--kv-cache-dtype', value: options.kvCacheDtype, option: 'kvCacheDtype' },
    switched(options.prefixCaching, 'enable-prefix-caching', 'prefixCaching'),
    switched(options.chunkedPrefill, 'enable-chunked-prefill', 'chunkedPrefill'),
    { flag: '--trust-remote-code', value: options.trustRemoteCode, option: 'trustRemoteCode' },
    { flag: '--tool-call-parser', value: options.toolCallParser, option: 'toolCallParser' },
    { flag: '--enable-auto-tool-choice', value: options.toolCallParser !== undefined, option: 'toolCallParser' },
    { flag: '--reasoning-parser', value: options.reasoningParser, option: 'reasoningParser' },
    {
      flag: '--kv-transfer-config',
      value: kvTransfer === undefined ? undefined : JSON.stringify(kvTransfer),
      option: 'kvTransfer',
    },
    { flag: '--chat-template', value: options.chatTemplate, option: 'chatTemplate' },
    {
      flag: '--speculative-config',
      value: speculative === undefined ? undefined : speculativeConfig(speculative, facts),
      option: 'speculative',
    },
    { flag: '--api-key', value: undefined, option: 'apiKey' },
    { flag: '--enable-lora', value: lora !== undefined, option: 'lora' },
    { flag: '--max-lora-rank', value: lora?.maxRank, option: 'lora.maxRank' },
    {
      flag: '--max-loras',
      value: lora === undefined ? undefined : (lora.maxLoaded ?? Object.keys(lora.adapters).length),
      option: 'lora',
    },
    { flag: '--lora-modules', value: undefined, option: 'lora.adapters' },
    // Without this it stops at once and drops running requests.
    { flag: '--shutdown-timeout', value: shutdown(options.version, facts), option: 'version', since: '0.18.0' },
  ];
}

const shutdown = (version: string, facts: ServerFacts | undefined): number | undefined =>
  inVersion(version, { since: '0.18.0' }) ? (facts?.finishSeconds ?? 45) : undefined;

/** One flag with all adapters: vLLM uses only the last one of several. */
function loraModules({ adapters }: ServerFacts): readonly string[] {
  const lora = Object.entries(adapters).filter(([name]) => name !== DRAFT);
  const modules = lora.map(([name, path]) => JSON.stringify({ name, path }));
  return modules.length === 0 ? [] : ['--lora-modules', ...modules];
}

function speculativeConfig(
  { method, tokens, draft, more }: NonNullable<VllmOptions['speculative']>,
  facts: ServerFacts | undefined,
): string {
  const model = draft === undefined ? {} : { model: facts?.adapters[DRAFT] ?? DRAFT };
  return JSON.stringify({ ...(method === undefined ? {} : { method }), ...model, num_speculative_tokens: tokens, ...more });
}

/** A key protects every route below `/v1`; `/health` answers once the model is loaded, too. */
function healthOf(apiKey: SecretRef | undefined): HealthChecks {
  if (apiKey === undefined) return { startup: MODELS, ready: MODELS, live: { path: '/health' } };
  return { startup: { path: '/health' }, ready: { path: '/health' }, live: { tcp: true } };
}
const MODELS = { path: '/v1/models' };

/** Whether servers fetch keys and values from each other; other connectors use a store, and no port of the server. */
function transfersDirectly(kvTransfer: VllmOptions['kvTransfer']): boolean {
  return JSON.stringify(kvTransfer ?? {}).includes('Nixl');
}

/** Where other servers fetch keys and values. */
function transferEnv({ ports }: ServerFacts): Env {
  return {
    VLLM_NIXL_SIDE_CHANNEL_HOST: { valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    VLLM_NIXL_SIDE_CHANNEL_PORT: ports.kv ?? 5600,
  };
}

function weightBits(quantization: VllmOptions['quantization']): { readonly weightBits?: 4 | 8 } {
  if (quantization === 'fp8') return { weightBits: 8 };
  if (quantization === undefined || quantization === 'compressed-tensors' || quantization === 'modelopt') return {};
  return { weightBits: 4 };
}
