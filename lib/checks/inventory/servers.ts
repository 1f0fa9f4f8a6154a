import { listAt, textAt } from '../../kube/fields';
import { parseImage } from '../../kube/image';
import { llamaCpp } from '../../runtimes/llama-cpp';
import type { RuntimeMetrics } from '../../runtimes/metrics';
import { sglang } from '../../runtimes/sglang';
import { textEmbeddings } from '../../runtimes/text-embeddings';
import { VLLM_METRICS } from '../../runtimes/vllm';
import { type Container, itemsAt } from './inventory';

/** Facts that rules use about a kind of model server, in manifests from any tool. */
export interface KnownServer {
  readonly name: string;
  /** Matches the server's image repositories. */
  readonly image: RegExp;
  /** Matches the words of a command line that start it. */
  readonly program?: RegExp;
  /** Its metric series. */
  readonly metrics?: RuntimeMetrics | undefined;
  /** Prefix of its series in Prometheus. */
  readonly prefix?: string;
  /** Flags for a model on the hub; vLLM also accepts it without a flag. */
  readonly modelFlags?: readonly string[];
  /** Flag for the revision. */
  readonly revisionFlag?: string;
  /** GET routes that generate tokens, and the variable that disables this. */
  readonly generates?: { readonly routes: readonly string[]; readonly unless?: string };
  /** Matches images as the project publishes them, without a model and without a program in front of the server. */
  readonly official?: RegExp;
  /** Matches images that start on a GPU only. */
  readonly needs?: RegExp;
  /** Its HTTP server. */
  readonly http?: {
    readonly port: number;
    readonly flag: string;
    /** GET routes that answer 200. */
    readonly routes: RegExp;
    /** The route for probes. */
    readonly health: string;
    /** Ports of its other protocols. */
    readonly not?: readonly number[];
  };
  /** Its flags, each with what it expects instead of a wrong value. */
  readonly flags?: Readonly<Record<string, (value: string) => string | undefined>>;
  /** Flag for the seconds to finish requests after SIGTERM, and its default. */
  readonly finish?: { readonly flag: string; readonly seconds?: number };
}

const natural = (value: string) => (/^[1-9]\d*$/.test(value) ? undefined : 'a whole number above 0');
const oneOf =
  (...values: readonly string[]) =>
  (value: string) =>
    values.includes(value) ? undefined : values.join(', ');
const any = () => undefined;

/** @see https://docs.vllm.ai/en/latest/cli/serve/ */
const VLLM_FLAGS: NonNullable<KnownServer['flags']> = {
  '--tensor-parallel-size': natural,
  '--pipeline-parallel-size': natural,
  '--data-parallel-size': natural,
  '--max-num-seqs': natural,
  '--gpu-memory-utilization': (value) => (Number(value) > 0 && Number(value) <= 1 ? undefined : 'a fraction such as 0.9'),
  '--dtype': oneOf('auto', 'half', 'float16', 'bfloat16', 'float', 'float32'),
  '--max-model-len': (value) => (/^(?:-1|auto|[1-9]\d*(?:\.\d+)?[kKmMgG]?)$/.test(value) ? undefined : 'a number of tokens'),
  ...Object.fromEntries(
    [
      'model',
      'served-model-name',
      'tokenizer',
      'revision',
      'tokenizer-revision',
      'quantization',
      'kv-cache-dtype',
      'block-size',
      'swap-space',
    ]
      .concat([
        'max-num-batched-tokens',
        'enable-prefix-caching',
        'enable-chunked-prefill',
        'trust-remote-code',
        'download-dir',
        'load-format',
      ])
      .concat([
        'enable-lora',
        'lora-modules',
        'max-loras',
        'max-lora-rank',
        'max-cpu-loras',
        'enforce-eager',
        'disable-log-requests',
      ])
      .concat([
        'enable-auto-tool-choice',
        'tool-call-parser',
        'reasoning-parser',
        'chat-template',
        'api-key',
        'host',
        'port',
        'uvicorn-log-level',
      ])
      .concat([
        'enable-expert-parallel',
        'distributed-executor-backend',
        'kv-transfer-config',
        'speculative-config',
        'seed',
        'task',
        'runner',
      ])
      .concat([
        'cpu-offload-gb',
        'limit-mm-per-prompt',
        'override-generation-config',
        'compilation-config',
        'scheduling-policy',
        'tokenizer-mode',
      ])
      .concat([
        'data-parallel-size-local',
        'data-parallel-address',
        'data-parallel-rpc-port',
        'data-parallel-start-rank',
        'shutdown-timeout',
      ])
      .concat([
        'enable-reasoning',
        'root-path',
        'disable-log-stats',
        'enable-log-requests',
        'max-log-len',
        'allowed-origins',
        'headless',
        'nnodes',
      ])
      .map((name) => [`--${name}`, any] as const),
  ),
};

const SERVERS: readonly KnownServer[] = [
  {
    name: 'vLLM',
    image: /(^|\/)vllm-openai(-\w+)?$/,
    program: /\bvllm serve\b|vllm\.entrypoints/,
    metrics: VLLM_METRICS,
    prefix: 'vllm:',
    modelFlags: ['--model'],
    revisionFlag: '--revision',
    finish: { flag: '--shutdown-timeout' },
    official: /(?:^|\/)vllm\/vllm-openai[:@]/,
    needs: /(?:^|\/)vllm\/vllm-openai[:@]/,
    http: {
      port: 8000,
      flag: '--port',
      routes: /^\/(?:health|ping|version|load|metrics|is_sleeping|server_info|v1\/models(?:\/.*)?|docs|openapi\.json)$/,
      health: '/health',
    },
    flags: VLLM_FLAGS,
  },
  {
    name: 'SGLang',
    image: /(^|\/)sglang$/,
    program: /sglang\.launch_server|\bsglang serve\b/,
    metrics: sglang({ version: '0.5.17' }).metrics,
    prefix: 'sglang:',
    modelFlags: ['--model-path', '--model'],
    revisionFlag: '--revision',
    generates: { routes: ['/health', '/health_generate'], unless: 'SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION' },
    official: /(?:^|\/)lmsysorg\/sglang[:@]/,
    http: {
      port: 30_000,
      flag: '--port',
      routes:
        /^\/(?:health|health_generate|ping|metrics|get_model_info|model_info|get_server_info|server_info|get_load|v1\/models.*)$/,
      health: '/health',
    },
  },
  {
    name: 'Triton',
    image: /(^|\/)tritonserver$/,
    program: /(^|[\s/])tritonserver\b/,
    finish: { flag: '--exit-timeout-secs', seconds: 30 },
    official: /(?:^|\/)nvidia\/tritonserver[:@]/,
    http: {
      port: 8000,
      flag: '--http-port',
      routes: /^\/v2(?:\/health\/(?:live|ready)|\/models\/.*|\/repository\/.*)?$/,
      health: '/v2/health/ready',
      not: [8001, 8002],
    },
  },
  { name: 'llama.cpp', image: /(^|\/)llama\.cpp$/, metrics: llamaCpp().metrics, prefix: 'llamacpp:' },
  {
    name: 'Text Embeddings Inference',
    image: /(^|\/)text-embeddings-inference$/,
    metrics: textEmbeddings().metrics,
    prefix: 'te_',
    modelFlags: ['--model-id'],
    revisionFlag: '--revision',
  },
  {
    name: 'Text Generation Inference',
    image: /(^|\/)text-generation-inference$/,
    official: /(?:^|\/)huggingface\/text-generation-inference[:@]/,
    http: {
      port: 80,
      flag: '--port',
      routes: /^\/(?:|health|info|metrics|ping|v1\/models|docs.*)$/,
      health: '/health',
    },
    modelFlags: ['--model-id'],
    revisionFlag: '--revision',
  },
  {
    name: "KServe's Hugging Face server",
    image: /(^|\/)huggingfaceserver$/,
    program: /\bhuggingfaceserver\b/,
    modelFlags: ['--model_id'],
    revisionFlag: '--model_revision',
  },
];

/** Servers with series that a prefix identifies. */
export const SERVERS_WITH_SERIES: readonly (KnownServer & { readonly metrics: RuntimeMetrics; readonly prefix: string })[] =
  SERVERS.flatMap(({ metrics, prefix, ...server }) =>
    metrics === undefined || prefix === undefined ? [] : [{ ...server, metrics, prefix }],
  );

/** Words of a container's command line, including those inside a script. */
export function wordsOf({ fields }: Container): readonly string[] {
  return [...listAt(fields, 'command'), ...listAt(fields, 'args')].flatMap((word) =>
    String(word)
      .split(/[\s=]+/)
      .filter((part) => part !== '' && part !== '\\'),
  );
}

const known = new WeakMap<Container, { readonly server: KnownServer | undefined }>();

/** The model server in a container, identified by its command line or image. */
export function serverOf(container: Container): KnownServer | undefined {
  const found = known.get(container) ?? { server: findServer(container) };
  known.set(container, found);
  return found.server;
}

function findServer(container: Container): KnownServer | undefined {
  const line = wordsOf(container).join(' ');
  const { repository } = parseImage(textAt(container.fields, 'image') ?? '');
  return SERVERS.find(({ program }) => program?.test(line)) ?? SERVERS.find(({ image }) => image.test(repository));
}

/** Server version in an image tag: `v0.26.0`, `25.01-py3`, `cpu-1.9.4`. */
export function serverVersion({ fields }: Container): string | undefined {
  const { tag } = parseImage(textAt(fields, 'image') ?? '');
  return tag === undefined ? undefined : /^(?:[a-z]+-)?v?(\d+\.\d+(?:\.\d+)?)(?![\d.])/.exec(tag)?.[1];
}

/** Words from the server's program on: a script may start other programs before it, such as `ray start --port=6379`. */
function serverWords(container: Container): readonly string[] {
  const words = wordsOf(container);
  const line = words.join(' ');
  const start = serverOf(container)?.program?.exec(line)?.index ?? 0;
  return words.slice(line.slice(0, start).split(' ').length - 1);
}

/** Value of a flag in the server's command line, if set. */
export function flagValue(container: Container, flags: readonly string[]): string | undefined {
  const words = serverWords(container);
  const index = words.findIndex((word) => flags.includes(word));
  return index === -1 ? undefined : words[index + 1];
}

/** Value of a variable, if the container sets it in plain text. */
export function variableOf({ fields }: Container, name: string): string | undefined {
  const variable = itemsAt(fields, 'env').find((one) => one.name === name);
  return variable === undefined ? undefined : String(variable.value ?? '');
}

/** A model on the Hugging Face hub: `owner/name`, neither a path nor a URL. */
const REPOSITORY = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;

/** The model that a known server fetches from the hub at startup. */
export function hubModelOf(container: Container): string | undefined {
  const { modelFlags = [], name } = serverOf(container) ?? {};
  const words = wordsOf(container);
  const serve = words.indexOf('serve');
  const named = flagValue(container, modelFlags) ?? (name === 'vLLM' && serve !== -1 ? words[serve + 1] : undefined);
  return named !== undefined && REPOSITORY.test(named) ? named : undefined;
}
