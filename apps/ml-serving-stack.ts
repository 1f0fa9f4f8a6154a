import * as v from 'valibot';
import {
  defineStack,
  FeatureProxy,
  MetricsExporter,
  Model,
  ModelServer,
  Preprocessor,
  PrometheusAdapter,
  RedisCache,
  ResultQueue,
  ServingStack,
  schema as s,
  ValidationHook,
  workloadProps,
} from '../lib';

/** Config of the whole stack, which may differ between environments. */
const schema = v.strictObject({
  ...s.stack,
  model: v.strictObject({
    image: v.string(),
    version: s.pinnedTag,
    decisionThreshold: s.fraction,
    batchSize: s.count(1, 4096),
  }),
  server: s.workload,
  ingress: s.ingress,
  gate: s.gate,
  redis: s.ownRedis,
  featureProxy: v.strictObject({ ...s.service.entries, upstream: s.httpUrl }),
  preprocessor: v.union([v.literal('off'), s.service]),
  queue: v.union([v.literal('off'), s.service]),
  metrics: s.metrics,
  /** Whether this stack installs the cluster's metrics adapter; needed if a server scales on a metric. */
  monitoring: v.union([v.literal('off'), v.strictObject({ prometheusUrl: s.httpUrl })]),
});

/** The whole stack: all six components, connected by reference, and the gate for the model. */
export const mlServingStack = defineStack({
  name: 'ml-serving-stack',
  schema,
  build(scope, config, { cluster }) {
    const { model, server, ingress, gate, redis, featureProxy, preprocessor, queue, metrics, monitoring, ...settings } = config;
    const stack = new ServingStack(scope, 'ml-serving-stack', { ...settings, ...cluster });

    const helm = settings.naming === 'helm-compat';
    const cache = redis === 'off' ? undefined : new RedisCache(stack, 'redis', redis);
    const shared = cache === undefined ? {} : { cache };
    const features = new FeatureProxy(stack, 'feature-store-proxy', {
      ...workloadProps(featureProxy),
      ...(helm ? { chart: 'feature-store-proxy-0.9.0' } : {}),
      image: featureProxy.image,
      upstream: featureProxy.upstream,
      ...shared,
    });
    const modelServer = new ModelServer(stack, 'fraud-model', {
      ...workloadProps(server),
      ...(helm ? { chart: 'fraud-model-1.4.2' } : {}),
      model: Model.baked({
        image: model.image,
        version: model.version,
        path: `/models/fraud/${model.version}/model.pt`,
        copyable: true,
      }),
      features,
      ...shared,
      env: { DECISION_THRESHOLD: model.decisionThreshold.toFixed(2), BATCH_SIZE: model.batchSize },
      ...(ingress === 'off' ? {} : { ingress }),
    });
    const targets = [features, modelServer];

    if (preprocessor !== 'off') {
      const { image } = preprocessor;
      targets.push(new Preprocessor(stack, 'preprocessor', { ...workloadProps(preprocessor), image, next: modelServer }));
    }
    // The queue needs Redis, so it is only created with it.
    if (queue !== 'off' && cache !== undefined) {
      const { image } = queue;
      targets.push(
        new ResultQueue(stack, 'result-queue', { ...workloadProps(queue), image, broker: cache, server: modelServer }),
      );
    }
    if (metrics !== 'off') new MetricsExporter(stack, 'metrics', { ...metrics, targets });
    if (monitoring !== 'off' && modelServer.scaling.autoscaling?.metric !== undefined) {
      new PrometheusAdapter(stack, 'prometheus-adapter', { ...monitoring, serves: [modelServer] });
    }
    if (!('off' in gate)) {
      new ValidationHook(stack, 'pre-upgrade-validate', {
        ...gate,
        validates: modelServer,
        command: ['python', 'validate_model.py'],
      });
    }
    return stack;
  },
});
