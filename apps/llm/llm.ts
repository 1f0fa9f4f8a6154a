import * as v from 'valibot';
import {
  defineStack,
  MetricsExporter,
  Model,
  ModelCache,
  type ModelConfig,
  ModelServer,
  Route,
  ServingStack,
  type SignalScaling,
  schema as s,
  VllmRouter,
  vllm,
  workloadProps,
} from '../../lib';

/** KEDA's Prometheus, and the maximum number of waiting requests per pod. */
const keda = v.strictObject({ min: s.count(1), max: s.count(1), waiting: s.count(1), prometheus: s.httpUrl });

/** Config that may differ between environments. */
const schema = v.strictObject({
  ...s.stack,
  model: v.strictObject({
    repo: v.custom<`${string}/${string}`>((value) => typeof value === 'string' && /^[^/]+\/[^/]+$/.test(value), 'owner/name'),
    /** Commit, 40 hexadecimal digits. */
    revision: v.string(),
    size: s.memory,
    /** Maximum prompt plus response in tokens. */
    contextLength: s.count(1, 1_000_000),
  }),
  /** Version of vLLM: determines the image's tag, flags and metrics. */
  vllm: v.custom<`${number}.${number}.${number}`>((value) => /^\d+\.\d+\.\d+$/.test(String(value)), 'a version such as 0.26.0'),
  server: v.strictObject({
    scaling: v.union([v.strictObject({ replicas: s.count(1) }), keda]),
    gpu: s.gpu,
    resources: s.resources,
  }),
  cache: v.strictObject({ size: v.exactOptional(s.memory), storageClassName: v.exactOptional(s.dnsLabel) }),
  router: s.service,
  gateway: v.strictObject({ name: s.dnsLabel, namespace: s.dnsLabel, host: s.host }),
  metrics: s.metrics,
});

/** From the model's `config.json`: used to check whether the model fits before it reaches a GPU. */
const QWEN3_8B: ModelConfig = {
  billionParameters: 8.2,
  hiddenSize: 4096,
  layers: 36,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  maxPositions: 40_960,
};

/** A language model: weights on a PVC, vLLM engines, and a router that sends prompts to the engine with their cached prefix. */
export const llm = defineStack({
  name: 'llm',
  schema,
  build(scope, config, { cluster }) {
    const { model, vllm: version, server, cache, router, gateway, metrics, ...settings } = config;
    const stack = new ServingStack(scope, 'llm', { ...settings, ...cluster });
    const image = `vllm/vllm-openai:v${version}` as const;
    const { repo, revision, size, contextLength } = model;
    const weights = new ModelCache(stack, 'weights', {
      model: Model.huggingFace({ repo, revision, size }),
      fetcher: image,
      storage: cache,
    });
    const engines = new ModelServer(stack, 'engines', {
      model: weights.model,
      image,
      runtime: vllm({ version, maxModelLen: contextLength, prefixCaching: true }),
      modelConfig: QWEN3_8B,
      gpu: server.gpu,
      resources: server.resources,
      ...('replicas' in server.scaling ? { replicas: server.scaling.replicas } : { autoscaling: onQueue(server.scaling) }),
    });
    const front = new VllmRouter(stack, 'router', {
      ...workloadProps(router),
      image: router.image,
      servers: [engines],
      logic: { prefixAware: { minMatchLength: 16 } },
    });
    const { host, ...attached } = gateway;
    new Route(stack, 'route', { gateway: attached, hostnames: [host], to: front });
    if (metrics !== 'off') new MetricsExporter(stack, 'metrics', { ...metrics, targets: [engines, front] });
    return stack;
  },
});

/** Adds engines when requests wait; the runtime knows the series. */
function onQueue({ min, max, waiting, prometheus }: v.InferOutput<typeof keda>): SignalScaling {
  return { min, max, on: 'queue', target: waiting, by: { keda: { prometheus } } };
}
