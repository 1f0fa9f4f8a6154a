import { listAt, textAt } from '../../kube/fields';
import { parseImage } from '../../kube/image';
import { llamaCpp } from '../../runtimes/llama-cpp';
import type { RuntimeMetrics } from '../../runtimes/metrics';
import { sglang } from '../../runtimes/sglang';
import { textEmbeddings } from '../../runtimes/text-embeddings';
import { VLLM_METRICS } from '../../runtimes/vllm';
import { type Container, itemsAt } from './inventory';

/** What rules know of a kind of model server, in manifests of any origin. */
export interface KnownServer {
  readonly name: string;
  /** Whether a repository of images is the server's. */
  readonly image: RegExp;
  /** Words of a command line that start it. */
  readonly program?: RegExp;
  /** Its series. */
  readonly metrics?: RuntimeMetrics | undefined;
  /** How its series begin, in Prometheus. */
  readonly prefix?: string;
  /** Flag that names a model of the hub; vLLM takes it without a flag too. */
  readonly modelFlags?: readonly string[];
  /** Flag of the revision. */
  readonly revisionFlag?: string;
  /** GET routes that generate tokens, and the variable that switches that off. */
  readonly generates?: { readonly routes: readonly string[]; readonly unless?: string };
  /** Flag with the seconds that it finishes requests after SIGTERM, and what holds without it. */
  readonly finish?: { readonly flag: string; readonly seconds?: number };
}

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
  },
  {
    name: 'Triton',
    image: /(^|\/)tritonserver$/,
    program: /(^|[\s/])tritonserver\b/,
    finish: { flag: '--exit-timeout-secs', seconds: 30 },
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

/** Servers whose series can be told by how they begin. */
export const SERVERS_WITH_SERIES: readonly (KnownServer & { readonly metrics: RuntimeMetrics; readonly prefix: string })[] =
  SERVERS.flatMap(({ metrics, prefix, ...server }) =>
    metrics === undefined || prefix === undefined ? [] : [{ ...server, metrics, prefix }],
  );

/** The words of a container's command line, those inside a script too. */
export function wordsOf({ fields }: Container): readonly string[] {
  return [...listAt(fields, 'command'), ...listAt(fields, 'args')].flatMap((word) =>
    String(word)
      .split(/[\s=]+/)
      .filter((part) => part !== '' && part !== '\\'),
  );
}

const known = new WeakMap<Container, { readonly server: KnownServer | undefined }>();

/** The model server that a container runs, by its command line or its image. */
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

/** The version of the server that an image's tag names: `v0.26.0`, `25.01-py3`, `cpu-1.9.4`. */
export function serverVersion({ fields }: Container): string | undefined {
  const { tag } = parseImage(textAt(fields, 'image') ?? '');
  return tag === undefined ? undefined : /^(?:[a-z]+-)?v?(\d+\.\d+(?:\.\d+)?)(?![\d.])/.exec(tag)?.[1];
}

/** The value of a flag, where the command line gives it. */
export function flagValue(container: Container, flags: readonly string[]): string | undefined {
  const words = wordsOf(container);
  const index = words.findIndex((word) => flags.includes(word));
  return index === -1 ? undefined : words[index + 1];
}

/** The value of a variable, where the container sets it in plain text. */
export function variableOf({ fields }: Container, name: string): string | undefined {
  const variable = itemsAt(fields, 'env').find((one) => one.name === name);
  return variable === undefined ? undefined : String(variable.value ?? '');
}

/** A model of the Hugging Face hub: `owner/name`, no path and no address. */
const REPOSITORY = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;

/** The model that a known server fetches from the hub when it starts. */
export function hubModelOf(container: Container): string | undefined {
  const { modelFlags = [], name } = serverOf(container) ?? {};
  const words = wordsOf(container);
  const serve = words.indexOf('serve');
  const named = flagValue(container, modelFlags) ?? (name === 'vLLM' && serve !== -1 ? words[serve + 1] : undefined);
  return named !== undefined && REPOSITORY.test(named) ? named : undefined;
}
