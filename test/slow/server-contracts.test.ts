import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bentoml,
  flask,
  http,
  huggingFace,
  llamaCpp,
  Model,
  ModelServer,
  type ModelServerProps,
  mlserver,
  nim,
  ollama,
  openvino,
  RayServer,
  type RayWorkers,
  type Runtime,
  rayServe,
  sglang,
  tensorflowServing,
  textEmbeddings,
  triton,
  vllm,
} from '../../lib';
import { fieldsAt, listAt, textAt } from '../../lib/kube/fields';
import { type ContainerSpec, type PodSpec, type PodTemplate, podTemplatesOf } from '../../lib/kube/pod-spec';
import { objectsIn } from '../harness/chart';
import { DOCUMENTED, type DocumentedServer } from './server-contracts/documented';

const model = Model.claim({ claim: 'models', wholeVolume: true, path: '/mnt/models', version: 'v1' });
const adapter = Model.claim({ claim: 'adapters', wholeVolume: true, path: '/mnt/adapter', version: 'v1' });
const image = 'registry.company.com/server:1.0.0';
const resources = { requests: { cpu: '4', memory: '64Gi' }, limits: { memory: '96Gi' } } as const;

interface Case {
  readonly runtime: Runtime;
  readonly more?: Partial<ModelServerProps>;
  /** Its pods, where another component than ModelServer makes them. @default - those of a ModelServer */
  readonly templates?: () => readonly PodTemplate[];
}

/** Every preset with few options and with all of them. */
const CASES: Readonly<Record<string, Case>> = {
  http: { runtime: http },
  flask: { runtime: flask() },
  'flask, every option': { runtime: flask({ healthPath: '/health', port: 5000 }) },
  'ray-serve': { runtime: rayServe({ version: '2.54.0' }), templates: () => rayPods({}) },
  'ray-serve, with devices and its own autoscaler': {
    runtime: rayServe({ version: '2.54.0', streams: true }),
    templates: () => rayPods({ maxReplicas: 3, gpu: { count: 2 }, objectStore: '8Gi' }),
  },
  vllm: { runtime: vllm({ version: '0.26.0' }) },
  'vllm, before it could drain': { runtime: vllm({ version: '0.17.1' }) },
  'vllm, every option': {
    runtime: vllm({
      version: '0.26.0',
      servedModelName: 'chat',
      tensorParallelSize: 2,
      pipelineParallelSize: 1,
      dataParallelSize: 1,
      expertParallel: true,
      maxModelLen: 8192,
      gpuMemoryUtilization: 0.85,
      maxNumSeqs: 64,
      maxNumBatchedTokens: 4096,
      blockSize: 64,
      dtype: 'bfloat16',
      quantization: 'fp8',
      kvCacheDtype: 'fp8',
      prefixCaching: true,
      chunkedPrefill: false,
      trustRemoteCode: true,
      toolCallParser: 'hermes',
      reasoningParser: 'qwen3',
      kvTransfer: { kv_connector: 'NixlConnector', kv_role: 'kv_both' },
      lora: { adapters: { one: adapter, two: { ...adapter, path: '/mnt/other' } }, maxRank: 32, maxLoaded: 1 },
      apiKey: { secret: 'keys', key: 'vllm' },
      chatTemplate: '/etc/chat.jinja',
      speculative: { method: 'eagle3', tokens: 3, draft: { ...adapter, path: '/mnt/draft' }, more: { prompt_lookup_max: 4 } },
      keepAlive: '5m',
    }),
    more: { gpu: { count: 2 } },
  },
  'vllm over two nodes': {
    runtime: vllm({ version: '0.28.0', tensorParallelSize: 8, pipelineParallelSize: 2 }),
    more: { nodes: 2, gpu: { count: 8 } },
  },
  sglang: { runtime: sglang({ version: '0.5.17' }) },
  'sglang, every option': {
    runtime: sglang({
      version: '0.5.17',
      servedModelName: 'chat',
      tensorParallelSize: 2,
      dataParallelSize: 1,
      contextLength: 8192,
      memFractionStatic: 0.8,
      maxRunningRequests: 32,
      quantization: 'awq',
      dtype: 'float16',
      trustRemoteCode: true,
      toolCallParser: 'qwen25',
      reasoningParser: 'deepseek-r1',
      apiKey: { secret: 'keys', key: 'sglang' },
      chatTemplate: 'chatml',
      keepAlive: '5m',
    }),
    more: { gpu: { count: 2 } },
  },
  'sglang over two nodes': {
    runtime: sglang({ version: '0.5.17', tensorParallelSize: 16 }),
    more: { nodes: 2, gpu: { count: 8 } },
  },
  triton: { runtime: triton() },
  'triton, every option': {
    runtime: triton({ version: '25.01', models: ['a', 'b'], strictReadiness: true, exitTimeoutSeconds: 20, logVerbose: 1 }),
  },
  nim: { runtime: nim({ version: '1.1.0', apiKey: { secret: 'ngc', key: 'key' } }) },
  'nim, every option': {
    runtime: nim({
      version: '1.8.0',
      profile: 'fp8',
      maxModelLen: 8192,
      servedModelName: 'chat',
      offline: true,
      cache: '/model-store',
    }),
  },
  mlserver: { runtime: mlserver({ implementation: 'mlserver_sklearn.SKLearnModel' }) },
  'mlserver, every option': {
    runtime: mlserver({
      version: '1.7.1',
      models: ['a', 'b'],
      maxBatchSize: 4,
      maxBatchTime: 0.1,
      parallelWorkers: 2,
      grpcMaxMessageLength: 1e6,
    }),
  },
  'hugging-face': { runtime: huggingFace() },
  'hugging-face, every option': {
    runtime: huggingFace({ version: '0.20.0', backend: 'vllm', task: 'text_generation', maxModelLen: 4096, dtype: 'float16' }),
    more: { gpu: { count: 1 } },
  },
  'tensorflow-serving': { runtime: tensorflowServing() },
  'tensorflow-serving, every option': {
    runtime: tensorflowServing({
      version: '2.19.1',
      monitoringConfigFile: '/mnt/models/monitoring.config',
      batching: true,
      batchingParametersFile: '/mnt/models/batching.config',
      restApiTimeoutMs: 60_000,
    }),
  },
  openvino: { runtime: openvino() },
  'openvino, every option': { runtime: openvino({ version: '2025.3', targetDevice: 'CPU', nireq: 8 }) },
  bentoml: { runtime: bentoml({ service: 'service:Churn' }) },
  'bentoml, every option': {
    runtime: bentoml({ version: '1.4.40', service: 'service:Churn', directory: '/app', timeoutSeconds: 120 }),
  },
  'llama-cpp': { runtime: llamaCpp() },
  'llama-cpp, every option': {
    runtime: llamaCpp({ file: 'model', contextSize: 4096, gpuLayers: 20, parallel: 4, threads: 8 }),
  },
  'text-embeddings': { runtime: textEmbeddings() },
  'text-embeddings, every option': {
    runtime: textEmbeddings({
      version: '1.9.4',
      dtype: 'float16',
      maxBatchTokens: 32_768,
      maxConcurrentRequests: 64,
      pooling: 'mean',
      autoTruncate: true,
    }),
  },
  ollama: { runtime: ollama() },
  'ollama, every option': { runtime: ollama({ contextLength: 8192, keepAlive: '10m', parallel: 2 }) },
};

/** What LeaderWorkerSet's controller sets, and what the kubelet does. */
const KNOWN = { LWS_GROUP_SIZE: '2', LWS_WORKER_INDEX: '1', LWS_LEADER_ADDRESS: 'llm-0.llm' };
const NAMESPACES = ['--mount', '--net', '--fork'] as const;
const canIsolate = ((): boolean => {
  try {
    execFileSync('unshare', [...NAMESPACES, 'sh', '-c', 'mount --make-rprivate / && ip link set lo up'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('contracts of servers are skipped: they need root, unshare(1) and ip(8)\n');
    return false;
  }
})();

describe.skipIf(!canIsolate)('a server that keeps to its documentation, started as a preset renders it', () => {
  it('is there for every preset', () => {
    const names = new Set(Object.values(CASES).map(({ runtime }) => runtime.name));
    expect([...names].sort()).toEqual(Object.keys(DOCUMENTED).sort());
    const pages = readdirSync(join(__dirname, '../../docs/runtimes')).map((file) => file.replace(/\.md$/, ''));
    expect([...names].sort()).toEqual(pages.filter((page) => page !== 'README').sort());
  });

  it.each(Object.entries(CASES))('%s', (name, { runtime, more = {}, templates = () => templatesOf(runtime, more) }) => {
    expect(name.startsWith(runtime.name)).toBe(true);
    for (const template of templates()) {
      const { part } = template;
      expect([part, problemsOf(template, runtime)]).toEqual([part, []]);
    }
  });

  it('finds what a preset forgets', () => {
    const found = (runtime: Runtime) => templatesOf(runtime).flatMap((template) => problemsOf(template, runtime));
    const [plain, loopback] = [vllm({ version: '0.26.0' }), sglang({ version: '0.5.17' })];
    const without = (runtime: Runtime, ...words: readonly string[]): Runtime => ({
      ...runtime,
      command: (facts) => {
        const { command = [], args = [] } = runtime.command?.(facts) ?? {};
        return {
          command,
          args: args.filter((_, index) => !words.includes(args[index] ?? '') && !words.includes(args[index - 1] ?? '')),
        };
      },
    });
    expect(found({ ...plain, env: () => ({}) })).toEqual([expect.stringMatching(/getpwuid/)]);
    expect(found({ ...plain, env: () => ({ USER: 'x' }) })).toEqual([
      expect.stringMatching(/writes to \/\/?\.cache\/huggingface: E/),
    ]);
    expect(found({ ...plain, writableDirectories: ['/tmp'] })).toEqual([
      expect.stringMatching(/writes to \/home\/vllm\/hugging-face: E/),
    ]);
    expect(found(without(loopback, '--host'))).toContain('nothing listens on http, port 30000');
    expect(found(without(loopback, '--enable-metrics'))).toEqual(['no metrics at 30000/metrics: 404']);
    expect(found({ ...plain, health: { ready: { path: '/ready' }, live: { path: '/health' } } })).toContainEqual(
      expect.stringMatching(/readinessProbe of \/ready at 8000: 404/),
    );
    expect(
      found({
        ...plain,
        command: ({ modelPath }) => ({ command: ['vllm', 'serve'], args: [modelPath, '--max-model-length', '1'] }),
      }),
    ).toEqual([expect.stringMatching(/unrecognized argument --max-model-length/)]);
    expect(found({ ...plain, command: () => ({ command: ['vllm', 'serve'], args: ['/models'] }) })).toEqual([
      expect.stringMatching(/no model at \/models/),
    ]);
  });
});

function documentedOf({ name }: Runtime): DocumentedServer {
  const all: Readonly<Record<string, DocumentedServer>> = DOCUMENTED;
  const known = all[name];
  if (known === undefined) throw new Error(`nothing is documented of ${name}`);
  return known;
}

function templatesOf(runtime: Runtime, more: Partial<ModelServerProps> = {}): readonly PodTemplate[] {
  const props = { image, model, runtime, resources, ...more } as ModelServerProps;
  const templates = objectsIn((chart) => new ModelServer(chart, 'llm', props)).flatMap(podTemplatesOf);
  expect(templates.length).toBeGreaterThan(0);
  return templates;
}

/** Head and workers of a RayServer, with the command line that KubeRay's operator gives them. */
function rayPods(more: Partial<RayWorkers>): readonly PodTemplate[] {
  const runtime = rayServe({ version: '2.54.0' });
  const workers = { main: { replicas: 1, resources, ...more } };
  const applications = [{ name: 'llm', import_path: 'app:deployment' }];
  const objects = objectsIn(
    (chart) => new RayServer(chart, 'llm', { image, model, runtime, applications, head: { resources }, workers }),
  );
  return objects
    .filter(({ kind }) => kind === 'RayService')
    .flatMap((service) => {
      const cluster = fieldsAt(service, 'spec', 'rayClusterConfig');
      const groups = [cluster.headGroupSpec, ...listAt(cluster, 'workerGroupSpecs')];
      return podTemplatesOf(service).map((template, index) => {
        const args = Object.entries(fieldsAt(groups[index], 'rayStartParams')).map(
          ([name, value]) => `--${name}=${String(value)}`,
        );
        const own = index === 0 ? ['--head'] : ['--address=llm-head-svc:6379'];
        const command = ['ray', 'start', ...own, ...args, '--metrics-export-port=8080', '--block', '--memory=1000'];
        const [first, ...others] = template.spec.containers ?? [];
        return { ...template, spec: { ...template.spec, containers: [{ ...first, command }, ...others] } } as PodTemplate;
      });
    });
}

/** Starts the documented server with what was rendered, and returns what does not fit. */
function problemsOf({ spec, part }: PodTemplate, runtime: Runtime): readonly string[] {
  const container = spec.containers?.[0];
  if (container === undefined) return ['no container'];
  if (spec.enableServiceLinks !== false) return ['service links are on'];
  const { uid, gid } = userOf(spec, container);
  const dir = mkdtempSync(join(tmpdir(), 'serving-contract-'));
  try {
    for (const file of ['server.mjs', 'kubelet.mjs']) copyFileSync(join(__dirname, 'server-contracts', file), join(dir, file));
    writeFileSync(join(dir, 'documented.json'), JSON.stringify(documentedOf(runtime)));
    const rendered = plainContainer(container);
    const { metrics } = runtime;
    const port = rendered.ports[metrics?.port ?? 'http'];
    // Workers of a group only compute.
    const scraped = part === 'worker' || metrics === undefined ? {} : { metrics: { port, path: metrics.path } };
    writeFileSync(join(dir, 'container.json'), JSON.stringify({ ...rendered, ...scraped }));
    writeFileSync(join(dir, 'directories.txt'), mountsOf(spec, container));
    execFileSync('chmod', ['-R', 'a+rX', dir]);
    const script = [join(__dirname, 'server-contracts/pod.sh'), process.execPath, dir, String(uid), String(gid)];
    const printed = execFileSync('unshare', [...NAMESPACES, 'sh', ...script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return (JSON.parse(printed) as { readonly problems: readonly string[] }).problems;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function userOf(spec: PodSpec, container: ContainerSpec): { readonly uid: unknown; readonly gid: unknown } {
  const context = { ...fieldsAt(spec, 'securityContext'), ...fieldsAt(container, 'securityContext') };
  expect(context).toMatchObject({ readOnlyRootFilesystem: true, runAsNonRoot: true });
  return { uid: context.runAsUser, gid: context.runAsGroup };
}

/** What the kubelet hands to a container, with references resolved. */
function plainContainer(container: ContainerSpec) {
  const env: Record<string, string> = { ...KNOWN, HOSTNAME: 'llm-7d9c-x2x4z', PATH: '/usr/bin' };
  const expand = (text: unknown) => String(text).replace(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole);
  for (const variable of listAt(container, 'env').map((one) => fieldsAt(one))) {
    const from = variable.valueFrom;
    const pod = textAt(from, 'fieldRef', 'fieldPath') === 'status.podIP' ? '10.1.2.3' : 'other';
    env[String(variable.name)] = from === undefined ? expand(variable.value) : pod;
  }
  const ports = Object.fromEntries(
    listAt(container, 'ports').map((one) => [String(fieldsAt(one).name), Number(fieldsAt(one).containerPort)]),
  );
  const numberOf = (port: unknown) => (typeof port === 'string' ? ports[port] : port);
  const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((name) => {
    const probe = fieldsAt(container, name);
    if (container[name] === undefined) return [];
    const http = fieldsAt(probe, 'httpGet');
    return [{ name, path: http.path, port: numberOf(http.port ?? fieldsAt(probe, 'tcpSocket').port) }];
  });
  const argv = [...listAt(container, 'command'), ...listAt(container, 'args')].map(expand);
  return { argv, env, ports, probes };
}

function mountsOf(spec: PodSpec, container: ContainerSpec): string {
  const volumes = new Map(listAt(spec, 'volumes').map((one) => [String(fieldsAt(one).name), fieldsAt(one)]));
  const lines = listAt(container, 'volumeMounts').map((one) => {
    const { name, mountPath } = fieldsAt(one);
    return `${volumes.get(String(name))?.emptyDir === undefined ? 'ro' : 'rw'} ${String(mountPath)}`;
  });
  return `${lines.join('\n')}\n`;
}
