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
  /** Flag for the seconds to finish requests after SIGTERM, and its default. */
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

/** Servers with series that a prefix identifies. */
export const SERVERS_WITH_SERIES: readonly (KnownServer & { readonly metrics: RuntimeMetrics; readonly prefix: string })[] =
  SERVERS.flatMap(({ metrics, prefix, ...server }) =>
    metrics === undefined || prefix === undefined ? [] : [{ ...server, metrics, prefix }],
  );

/** Words of a container's command line, including those inside a script. */
function wordsOf({ fields }: Container): readonly string[] {
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

/** Value of a flag in the command line, if set. */
export function flagValue(container: Container, flags: readonly string[]): string | undefined {
  const words = wordsOf(container);
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
