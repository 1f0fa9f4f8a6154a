import { describe, expect, it } from 'vitest';
import { Model, ModelServer, type ModelServerProps, type VllmOptions, vllm } from '../../lib';
import { listAt, textAt } from '../../lib/kube/fields';
import { podSpecOf, podTemplatesOf } from '../../lib/kube/pod-spec';
import { inChart, problemsIn } from '../harness/chart';

const COMMIT = '9216db5781bf21249d130ec9da846c4624c16137';
const model = Model.huggingFace({ repo: 'Qwen/Qwen3-32B', revision: COMMIT, size: '66Gi' });
const props = (options: Partial<VllmOptions> = {}, more: Partial<ModelServerProps> = {}) =>
  ({
    model,
    image: `vllm/vllm-openai:v${options.version ?? '0.26.0'}`,
    runtime: vllm({ version: '0.26.0', tensorParallelSize: 2, maxModelLen: 32_768, ...options }),
    gpu: { count: 2, product: 'NVIDIA-H100-80GB-HBM3' },
    resources: { requests: { cpu: '8', memory: '96Gi' }, limits: { memory: '128Gi' } },
    ...more,
  }) as ModelServerProps;
const pod = (given: ModelServerProps) => {
  const objects = inChart((chart) => new ModelServer(chart, 'llm', given));
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  return deployment === undefined ? undefined : podSpecOf(deployment);
};
const codes = (given: ModelServerProps) => problemsIn((chart) => new ModelServer(chart, 'llm', given)).map(({ code }) => code);

describe('vllm', () => {
  it('gives the command line that the docs describe', () => {
    expect(pod(props())?.containers?.[0]).toMatchObject({
      command: ['vllm', 'serve'],
      args: [
        ...['/mnt/models', '--host', '0.0.0.0', '--port', '8000', '--served-model-name', 'llm'],
        ...['--tensor-parallel-size', '2', '--max-model-len', '32768', '--shutdown-timeout', '45'],
      ],
    });
  });

  it('carries the size of a download through: volume, ephemeral storage, egress of the init container', () => {
    const spec = pod(props());
    const init = spec?.initContainers?.[0];
    expect(spec?.volumes).toContainEqual({ name: 'model-storage', emptyDir: { sizeLimit: '73Gi' } });
    expect(init).toMatchObject({ resources: { limits: { 'ephemeral-storage': '75Gi' } } });
    expect(spec?.containers?.[0]).toMatchObject({
      resources: { limits: { 'ephemeral-storage': '75Gi', 'nvidia.com/gpu': '2' } },
    });
    expect(spec?.volumes).toContainEqual({ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '4Gi' } });
  });

  it('asks no route that needs its key', () => {
    const container = pod(props({ apiKey: { secret: 'keys', key: 'vllm' } }))?.containers?.[0];
    expect(container?.env).toContainEqual({ name: 'VLLM_API_KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'vllm' } } });
    expect(JSON.stringify([container?.startupProbe, container?.readinessProbe, container?.livenessProbe])).not.toContain('/v1');
    expect(container?.livenessProbe).not.toMatchObject({ httpGet: { path: '/health' } });
  });

  it('fetches the draft model with its own, as no adapter', () => {
    const draft = Model.huggingFace({ repo: 'company/draft', revision: COMMIT, size: '4Gi' });
    const spec = pod(props({ speculative: { method: 'eagle3', draft, tokens: 3, more: { prompt_lookup_max: 4 } } }));
    const args = listAt(spec?.containers?.[0], 'args').map(String);
    expect(JSON.parse(args[args.indexOf('--speculative-config') + 1] ?? '')).toEqual({
      ...{ method: 'eagle3', model: '/mnt/adapters/draft', num_speculative_tokens: 3, prompt_lookup_max: 4 },
    });
    expect(args).not.toContain('--lora-modules');
    expect(spec?.initContainers?.map(({ name }) => name)).toEqual(['fetch-model', 'fetch-adapter-draft']);
    expect(spec?.containers?.[0]).toMatchObject({ resources: { limits: { 'ephemeral-storage': '80Gi' } } });
    expect(codes(props({ speculative: { draft, tokens: 3 }, lora: { adapters: { draft: model } } }))).toEqual(['INVALID_VALUE']);
  });

  it('opens the port of NIXL only where servers fetch from each other, and keeps connections as long as told', () => {
    const of = (options: Partial<VllmOptions>) => {
      const { ports, groupPorts } = vllm({ version: '0.26.0', ...options });
      return [ports.kv, groupPorts];
    };
    expect(of({ kvTransfer: { kv_connector: 'LMCacheConnectorV1', kv_role: 'kv_both' } })).toEqual([undefined, undefined]);
    const multi = {
      kv_connector: 'MultiConnector',
      kv_connector_extra_config: { connectors: [{ kv_connector: 'NixlConnector' }] },
    };
    expect(of({ kvTransfer: multi })).toEqual([5600, ['kv']]);
    const kept = (options: Partial<VllmOptions>) => {
      const env = listAt(pod(props(options))?.containers?.[0], 'env');
      return textAt(
        env.find((one) => textAt(one, 'name') === 'VLLM_HTTP_TIMEOUT_KEEP_ALIVE'),
        'value',
      );
    };
    expect([kept({}), kept({ keepAlive: '10m' })]).toEqual(['120', '600']);
  });

  it('has only the flags and series of its version', () => {
    expect(pod(props({ version: '0.17.1' }))?.containers?.[0]?.args).not.toContain('--shutdown-timeout');
    const old = { autoscaling: { min: 1, max: 2, metric: { name: 'vllm:kv_cache_usage_perc', target: 1 } } } as const;
    expect(codes(props({ version: '0.10.0' }, old))).toContain('NO_METRICS');
    expect(codes(props({ version: '0.11.0' }, old))).not.toContain('NO_METRICS');
  });

  it('refuses an argument that an option covers, and parallelism that the devices do not have', () => {
    expect(codes(props())).toEqual([]);
    expect(codes(props({ extraArgs: ['--max_model_len=1'] }))).toEqual(['DUPLICATE_FLAG']);
    expect(codes(props({ tensorParallelSize: 4 }))).toEqual(['DEVICES_MISMATCH']);
    expect(codes(props({ lora: { adapters: { sql: model }, maxRank: 8, ranks: { sql: 16 } } }))).toEqual(['INVALID_VALUE']);
    expect(codes(props({}, { model: { ...model, revision: 'main' } as typeof model }))).toEqual(['REVISION_NOT_PINNED']);
    expect(codes(props({ sharedMemory: '200Gi' }))).toEqual(['SHARED_MEMORY']);
  });

  it('lets every node of a group serve its own replicas, or only the first', () => {
    const group = (dataParallelLoadBalancing: 'hybrid' | 'internal', nodes = 2) =>
      props({ tensorParallelSize: 1, dataParallelSize: 16, dataParallelLoadBalancing }, {
        nodes,
        replicas: 1,
        gpu: { count: 16 / nodes },
      } as Partial<ModelServerProps>);
    const parts = (given: ModelServerProps) => {
      const objects = inChart((chart) => new ModelServer(chart, 'llm', given));
      const set = objects.find(({ kind }) => kind === 'LeaderWorkerSet') ?? { apiVersion: '', kind: '', metadata: { name: '' } };
      const containers = podTemplatesOf(set).flatMap(({ spec }) => listAt(spec, 'containers').slice(0, 1));
      return { containers, service: objects.find(({ kind }) => kind === 'Service') };
    };
    const hybrid = parts(group('hybrid'));
    for (const container of hybrid.containers) {
      const line = listAt(container, 'args').join(' ');
      expect(line).toContain('--node-rank $(LWS_WORKER_INDEX) --master-addr $(LWS_LEADER_ADDRESS)');
      expect(line).toContain(
        '--data-parallel-address $(LWS_LEADER_ADDRESS) --data-parallel-size-local 8 --data-parallel-hybrid-lb',
      );
      expect(line).not.toContain('--headless');
      expect(container).toMatchObject({ readinessProbe: { httpGet: { path: '/v1/models' } } });
    }
    expect(hybrid.containers).toHaveLength(2);
    expect(JSON.stringify(hybrid.service)).not.toContain('cdk8s-serving/part');
    const internal = parts(group('internal'));
    expect(internal.containers.map((one) => listAt(one, 'args').includes('--headless'))).toEqual([false, true]);
    expect(JSON.stringify(internal.service)).toContain('cdk8s-serving/part');
    expect(codes(group('hybrid', 1))).toEqual(['INVALID_VALUE']);
    expect(codes(props({ extraArgs: ['--data-parallel-hybrid-lb'] }))).toEqual(['DUPLICATE_FLAG']);
  });

  it('says which context fits into the memory of the GPUs', () => {
    const modelConfig = {
      billionParameters: 32.8,
      hiddenSize: 5120,
      layers: 64,
      heads: 64,
      kvHeads: 8,
      headDim: 128,
      maxPositions: 40_960,
    };
    const found = (options: Partial<VllmOptions>, count: number) =>
      problemsIn(
        (chart) =>
          new ModelServer(chart, 'llm', props(options, { modelConfig, gpu: { count, product: 'NVIDIA-A100-SXM4-40GB' } })),
      );
    expect(found({ tensorParallelSize: 4, maxModelLen: 32_768 }, 4)).toEqual([]);
    const [problem] = found({ tensorParallelSize: 2, maxModelLen: 40_960 }, 2);
    expect(problem).toMatchObject({ code: 'GPU_MEMORY' });
    const longest = Number(/at most (\d+)/.exec(problem?.remedy ?? '')?.[1]);
    expect(longest).toBeGreaterThan(1000);
    expect(found({ tensorParallelSize: 2, maxModelLen: longest }, 2)).toEqual([]);
    expect(found({ tensorParallelSize: 2, maxModelLen: longest + 100 }, 2)).toHaveLength(1);
  });
});
