import { type DurationText, seconds } from '../kube/duration';
import type { Natural, PositiveFraction } from '../kube/literals';
import type { SecretRef } from '../kube/named';
import type { MemoryQuantity } from '../kube/quantity';
import type { ModelSource } from '../model/model';
import { DRAFT, draftProblem } from './adapters';
import { type Flag, flagArgs, flagProblems, MEMORY_FRACTION, NATURAL } from './flags';
import type { Runtime, ServerFacts } from './runtime';

/** Settings for an SGLang server. */
export interface SglangOptions {
  /** Version of SGLang in the image. */
  readonly version: `${number}.${number}.${string}`;
  /** Model name in requests. @default - the model's name */
  readonly servedModelName?: string;
  /** Number of GPUs per replica for tensor parallelism. @default 1 */
  readonly tensorParallelSize?: number;
  /** Number of pipeline stages per replica. @default 1 */
  readonly pipelineParallelSize?: number;
  /** Number of replicas in one server, each with its own GPUs; with `dataParallelAttention`, they share them. @default 1 */
  readonly dataParallelSize?: number;
  /**
   * Whether only attention is computed per replica, and the experts over all GPUs, for mixtures such as DeepSeek's. The replicas
   * then share the GPUs of `tensorParallelSize`.
   * @default false
   */
  readonly dataParallelAttention?: boolean;
  /** Number of GPUs over which the experts of a mixture are distributed. @default - SGLang's own */
  readonly expertParallelSize?: number;
  /** Maximum prompt plus response in tokens. @default - the model's own */
  readonly contextLength?: number;
  /** Fraction of each GPU's memory for weights and KV cache. @default 0.9 */
  readonly memFractionStatic?: number;
  /** Number of concurrent requests. @default - SGLang's own */
  readonly maxRunningRequests?: number;
  /** Quantization of the weights. @default - from the model's config */
  readonly quantization?: 'fp8' | 'awq' | 'gptq' | 'awq_marlin' | 'gptq_marlin' | 'bitsandbytes' | 'modelopt';
  /** Data type of weights and activations. @default 'auto' */
  readonly dtype?: 'auto' | 'bfloat16' | 'float16' | 'float32';
  /** Data type of the KV cache. @default 'auto' */
  readonly kvCacheDtype?: 'auto' | 'fp8_e4m3' | 'fp8_e5m2' | 'bfloat16';
  /** Maximum prompt tokens per step. @default - SGLang's own */
  readonly chunkedPrefillSize?: number;
  /**
   * Keeps what does not fit into the GPU's KV cache in the memory of the pod: this many times the size of the GPU's. The memory limit
   * must have room for it.
   * @default - only in the GPU
   * @see https://docs.sglang.ai/advanced_features/hicache.html
   */
  readonly hierarchicalCacheRatio?: number;
  /** Speculative decoding: a cheaper way proposes tokens, and the model verifies them. @default - none */
  readonly speculative?: {
    /** How tokens are proposed; `NEXTN` uses layers of the model itself. */
    readonly algorithm: 'EAGLE' | 'EAGLE3' | 'NEXTN' | 'STANDALONE' | 'NGRAM';
    /** Number of steps of the draft model. @default - SGLang's own */
    readonly steps?: number;
    /** Number of candidates per step. @default - SGLang's own */
    readonly topK?: number;
    /** Number of tokens that are verified at once. @default - SGLang's own */
    readonly draftTokens?: number;
    /** Model that proposes them. @default - none: the algorithm needs no model */
    readonly draft?: ModelSource;
  };
  /**
   * Adapters loaded at startup, as part of the release.
   * @default - none
   * @see https://docs.sglang.ai/advanced_features/lora.html
   */
  readonly lora?: {
    /** Adapters by their name in requests. */
    readonly adapters: Readonly<Record<string, ModelSource>>;
    /** Maximum rank of the adapters. @default - from the adapters */
    readonly maxRank?: number;
    /** Maximum number of adapters in one batch. @default - SGLang's own */
    readonly maxLoaded?: number;
  };
  /** Whether code from the model's repository may run. @default false */
  readonly trustRemoteCode?: boolean;
  /** Tool call parser. @default - none */
  readonly toolCallParser?: string;
  /** Reasoning parser. @default - none */
  readonly reasoningParser?: string;
  /** How prefill passes keys and values to decode in a `DisaggregatedServer`. @default - not disaggregated */
  readonly transfer?: {
    /** Transfer library. @default 'mooncake', SGLang's own */
    readonly backend?: 'mooncake' | 'nixl' | 'ascend';
    /** Port on which prefill shares their location with decode. @default 8998 */
    readonly bootstrapPort?: number;
  };
  /**
   * Key that clients send as a bearer token; health checks and metrics need none.
   * @default - no key
   * @see https://docs.sglang.ai/advanced_features/server_arguments.html
   */
  readonly apiKey?: SecretRef;
  /** Idle time before it closes a connection; longer than that of proxies in front. @default '120s'; SGLang's own is 5s */
  readonly keepAlive?: DurationText;
  /** Chat template: a path of `files`, in the image, or a name that SGLang knows. @default - the model's own */
  readonly chatTemplate?: string;
  /** Size of `/dev/shm`. @default - none for one GPU, 8Gi per GPU with tensor parallelism */
  readonly sharedMemory?: MemoryQuantity;
  /** Additional arguments not covered by other options. @default - none */
  readonly extraArgs?: readonly string[];
}

const HOME = '/home/sglang';
const RATIO = { expected: 'a number above 1, such as 2', fits: (value: unknown) => typeof value === 'number' && value > 1 };

/**
 * SGLang, a language model server with an OpenAI-compatible API. Its health route generates a token: it proves readiness, but as
 * a liveness check it would restart a busy server, so liveness checks the port.
 *
 * @example
 * const runtime = sglang({ version: '0.5.17', contextLength: 32_768 });
 * @see https://docs.sglang.ai/advanced_features/server_arguments.html
 * @see https://docs.sglang.ai/references/production_metrics.html
 */
export function sglang<const Fraction extends number, const Tokens extends number, const Parallel extends number>(
  options: Omit<SglangOptions, 'memFractionStatic' | 'contextLength' | 'tensorParallelSize'> & {
    /** Number of GPUs per replica for tensor parallelism. @default 1 */
    readonly tensorParallelSize?: Natural<Parallel>;
    /** Maximum prompt plus response in tokens. @default - the model's own */
    readonly contextLength?: Natural<Tokens>;
    /** Fraction of the device's memory that the server takes. @default 0.9 */
    readonly memFractionStatic?: PositiveFraction<Fraction>;
  },
): Runtime;
export function sglang(options: SglangOptions): Runtime {
  const {
    version,
    tensorParallelSize: tensor = 1,
    pipelineParallelSize: pipeline = 1,
    dataParallelSize: data = 1,
    dataParallelAttention = false,
    memFractionStatic = 0.9,
    transfer,
    apiKey,
    keepAlive = '120s',
    extraArgs = [],
  } = options;
  const { lora, speculative } = options;
  const models = { ...lora?.adapters, ...(speculative?.draft === undefined ? {} : { [DRAFT]: speculative.draft }) };
  return {
    name: 'sglang',
    version,
    ports: { http: 30_000, ...(transfer === undefined ? {} : { bootstrap: transfer.bootstrapPort ?? 8998 }) },
    ...(transfer === undefined ? {} : { groupPorts: ['bootstrap'] }),
    health: { startup: { path: '/health' }, ready: { path: '/health' }, live: { tcp: true } },
    command: (facts) => ({
      command: ['python3', '-m', 'sglang.launch_server'],
      args: [...flagArgs(flags(options, facts)), ...loraPaths(facts), ...groupArgs(facts), ...extraArgs],
    }),
    env: () => ({
      HOME,
      USER: 'sglang',
      HF_HOME: `${HOME}/hugging-face`,
      TRITON_CACHE_DIR: `${HOME}/triton`,
      TORCHINDUCTOR_CACHE_DIR: `${HOME}/inductor`,
      XDG_CACHE_HOME: `${HOME}/cache`,
      HF_HUB_OFFLINE: 1,
      TRANSFORMERS_OFFLINE: 1,
      // By default it closes connections after 5 idle seconds; a proxy that sends a request at that moment gets a reset.
      SGLANG_TIMEOUT_KEEP_ALIVE: seconds(keepAlive),
      ...(apiKey === undefined ? {} : { SGLANG_API_KEY: { secret: apiKey.secret, key: apiKey.key ?? 'api-key' } }),
    }),
    drain: { before: '15s', finish: '60s', onTerm: 'refuses' },
    startupTimeout: '30m',
    sharedMemory: () => options.sharedMemory ?? (tensor * pipeline > 1 ? `${8 * tensor}Gi` : undefined),
    writableDirectories: ['/tmp', HOME],
    metrics: {
      path: '/metrics',
      series: {
        queue: { series: 'sglang:num_queue_reqs', kind: 'gauge' },
        running: { series: 'sglang:num_running_reqs', kind: 'gauge' },
        cache: { series: 'sglang:token_usage', kind: 'gauge' },
        requestSeconds: { series: 'sglang:e2e_request_latency_seconds', kind: 'histogram' },
        firstTokenSeconds: { series: 'sglang:time_to_first_token_seconds', kind: 'histogram' },
      },
      also: ['sglang:cache_hit_rate'],
    },
    streams: true,
    devices: tensor * pipeline * (dataParallelAttention ? 1 : data),
    memory: {
      utilization: memFractionStatic,
      ...(options.contextLength === undefined ? {} : { maxModelLen: options.contextLength }),
      ...(options.quantization === 'fp8' ? { weightBits: 8 as const } : {}),
      ...(options.kvCacheDtype?.startsWith('fp8') ? { kvBytes: 1 as const } : {}),
    },
    fetchesFromHub: true,
    ...(Object.keys(models).length === 0 ? {} : { adapters: models }),
    problems: [
      ...flagProblems('SGLang', version, flags(options, undefined), extraArgs),
      ...(Object.hasOwn(lora?.adapters ?? {}, DRAFT) ? [draftProblem()] : []),
      ...attentionProblems(options),
    ],
  };
}

function flags(options: SglangOptions, facts: ServerFacts | undefined): readonly Flag[] {
  return [
    { flag: '--model-path', value: facts?.modelPath ?? '/mnt/models', option: 'model' },
    { flag: '--served-model-name', value: options.servedModelName ?? facts?.modelName ?? 'model', option: 'servedModelName' },
    // By default it listens on the loopback address.
    { flag: '--host', value: '0.0.0.0', option: 'version' },
    { flag: '--port', value: facts?.ports.http ?? 30_000, option: 'version' },
    { flag: '--enable-metrics', value: true, option: 'version' },
    { flag: '--tp-size', value: options.tensorParallelSize, option: 'tensorParallelSize', form: NATURAL },
    { flag: '--pp-size', value: options.pipelineParallelSize, option: 'pipelineParallelSize', form: NATURAL },
    { flag: '--ep-size', value: options.expertParallelSize, option: 'expertParallelSize', form: NATURAL },
    { flag: '--enable-dp-attention', value: options.dataParallelAttention, option: 'dataParallelAttention' },
    { flag: '--dp-size', value: options.dataParallelSize, option: 'dataParallelSize', form: NATURAL },
    { flag: '--context-length', value: options.contextLength, option: 'contextLength', form: NATURAL },
    { flag: '--mem-fraction-static', value: options.memFractionStatic, option: 'memFractionStatic', form: MEMORY_FRACTION },
    { flag: '--max-running-requests', value: options.maxRunningRequests, option: 'maxRunningRequests', form: NATURAL },
    { flag: '--quantization', value: options.quantization, option: 'quantization' },
    { flag: '--dtype', value: options.dtype, option: 'dtype' },
    { flag: '--kv-cache-dtype', value: options.kvCacheDtype, option: 'kvCacheDtype' },
    { flag: '--chunked-prefill-size', value: options.chunkedPrefillSize, option: 'chunkedPrefillSize', form: NATURAL },
    ...cacheFlags(options),
    ...speculativeFlags(options, facts),
    { flag: '--enable-lora', value: options.lora !== undefined, option: 'lora' },
    { flag: '--max-lora-rank', value: options.lora?.maxRank, option: 'lora.maxRank', form: NATURAL },
    { flag: '--max-loras-per-batch', value: options.lora?.maxLoaded, option: 'lora.maxLoaded', form: NATURAL },
    { flag: '--lora-paths', value: undefined, option: 'lora.adapters' },
    { flag: '--trust-remote-code', value: options.trustRemoteCode, option: 'trustRemoteCode' },
    { flag: '--tool-call-parser', value: options.toolCallParser, option: 'toolCallParser' },
    { flag: '--reasoning-parser', value: options.reasoningParser, option: 'reasoningParser' },
    { flag: '--chat-template', value: options.chatTemplate, option: 'chatTemplate' },
    // The value comes from the environment: the kubelet replaces it.
    { flag: '--api-key', value: options.apiKey === undefined ? undefined : '$(SGLANG_API_KEY)', option: 'apiKey' },
    { flag: '--disaggregation-mode', value: facts?.role, option: 'role' },
    { flag: '--disaggregation-transfer-backend', value: options.transfer?.backend, option: 'transfer.backend' },
    {
      flag: '--disaggregation-bootstrap-port',
      value: facts?.role === undefined || options.transfer === undefined ? undefined : facts.ports.bootstrap,
      option: 'transfer.bootstrapPort',
    },
  ];
}

function cacheFlags({ hierarchicalCacheRatio: ratio }: SglangOptions): readonly Flag[] {
  const option = 'hierarchicalCacheRatio';
  return [
    { flag: '--enable-hierarchical-cache', value: ratio !== undefined, option },
    { flag: '--hicache-ratio', value: ratio, option, form: RATIO },
  ];
}

function speculativeFlags({ speculative }: SglangOptions, facts: ServerFacts | undefined): readonly Flag[] {
  const { algorithm, steps, topK, draftTokens, draft } = speculative ?? {};
  const flag = (name: string, value: Flag['value'], option: string, form?: Flag['form']): Flag => ({
    flag: `--speculative-${name}`,
    value,
    option: `speculative.${option}`,
    ...(form === undefined ? {} : { form }),
  });
  return [
    flag('algorithm', algorithm, 'algorithm'),
    flag('num-steps', steps, 'steps', NATURAL),
    flag('eagle-topk', topK, 'topK', NATURAL),
    flag('num-draft-tokens', draftTokens, 'draftTokens', NATURAL),
    flag('draft-model-path', draft === undefined ? undefined : (facts?.adapters[DRAFT] ?? DRAFT), 'draft'),
  ];
}

/** One flag with all adapters. */
function loraPaths({ adapters }: ServerFacts): readonly string[] {
  const paths = Object.entries(adapters).flatMap(([name, path]) => (name === DRAFT ? [] : [`${name}=${path}`]));
  return paths.length === 0 ? [] : ['--lora-paths', ...paths];
}

/** Replicas of attention share the GPUs of tensor parallelism evenly. */
function attentionProblems({ dataParallelAttention, tensorParallelSize: tensor = 1, dataParallelSize: data = 1 }: SglangOptions) {
  if (dataParallelAttention !== true || (data > 1 && tensor % data === 0)) return [];
  return [
    {
      code: 'INVALID_VALUE' as const,
      path: 'runtime.dataParallelSize',
      message: 'the replicas of attention do not share the GPUs of tensorParallelSize evenly',
      got: data,
      expected: `2 or more, and a divisor of tensorParallelSize, ${tensor}`,
      remedy: 'Correct dataParallelSize, or remove dataParallelAttention.',
    },
  ];
}

/** Flags for a group of nodes. @see https://docs.sglang.ai/references/multi_node_deployment/multi_node.html */
function groupArgs({ group, nodes }: ServerFacts): readonly string[] {
  if (group === undefined) return [];
  return ['--dist-init-addr', `${group.leader}:20000`, '--nnodes', String(nodes), '--node-rank', group.rank];
}
